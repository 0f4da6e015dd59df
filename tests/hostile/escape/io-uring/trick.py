"""What is submitted through io_uring or aio never passes the filter of system calls."""

import ctypes
import os
from collections import Counter

LIBC = ctypes.CDLL(None, use_errno=True)
SETUP, REGISTER = 425, 427
IO_SETUP = {"x86_64": 206, "aarch64": 0}[os.uname().machine]


def escaped():
    parameters, context = ctypes.create_string_buffer(120), ctypes.c_ulong(0)
    return (
        LIBC.syscall(SETUP, 8, parameters) >= 0
        or LIBC.syscall(REGISTER, -1, 0, None, 0) >= 0
        or LIBC.syscall(IO_SETUP, 8, ctypes.byref(context)) >= 0
    )


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
