"""With a user namespace come all capabilities inside it, and half of the kernel to attack."""

import ctypes
import os
import signal
from collections import Counter

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
CLONE3 = 435
KINDS = (0x10000000, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x20000000, 0x40000000)


def in_child(action):
    """Whether `action` succeeds in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if action() >= 0 else 1)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def escaped():
    found = []
    for kind in KINDS:
        for flags in (kind, kind | KINDS[0]):
            request = (ctypes.c_uint64 * 11)(flags, 0, 0, 0, signal.SIGCHLD)
            found.append(in_child(lambda: LIBC.unshare(flags)))
            arguments = (CLONE, ctypes.c_long(flags | signal.SIGCHLD), None, None, None, None)
            found.append(in_child(lambda: LIBC.syscall(*arguments)))
            found.append(in_child(lambda: LIBC.syscall(CLONE3, request, ctypes.sizeof(request))))
    return any(found)


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
