"""process_vm_readv and writev need no /proc; pidfd_getfd takes a descriptor out of another process."""

import ctypes
import os
from collections import Counter

LIBC = ctypes.CDLL(None, use_errno=True)
PIDFD_GETFD = 438


class Piece(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def escaped():
    here = ctypes.create_string_buffer(64)
    ours = Piece(ctypes.addressof(here), 64)
    theirs = Piece(id(os), 64)
    handle = os.pidfd_open(1)
    return (
        LIBC.process_vm_readv(1, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0) > 0
        or LIBC.process_vm_writev(1, ctypes.byref(ours), 0, ctypes.byref(theirs), 0, 0) >= 0
        or any(LIBC.syscall(PIDFD_GETFD, handle, fd, 0) >= 0 for fd in range(10))
    )


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
