"""Both run inside of the kernel or watch it, and both have been a way into it more than once."""

import ctypes
import os
import struct
from collections import Counter

LIBC = ctypes.CDLL(None, use_errno=True)
BPF, PERF = {"x86_64": (321, 298), "aarch64": (280, 241)}[os.uname().machine]
MAP_CREATE, PROG_LOAD = 0, 5


def escaped():
    code = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xB7, 0, 0, 0, 0x95, 0, 0, 0))
    license = ctypes.create_string_buffer(b"GPL")
    program = struct.pack("<IIQQ", 1, 2, ctypes.addressof(code), ctypes.addressof(license)).ljust(128, b"\0")
    array = struct.pack("<IIII", 2, 4, 8, 1).ljust(128, b"\0")
    counter = struct.pack("<IIQ", 1, 128, 1).ljust(128, b"\0")
    return any(
        [
            LIBC.syscall(BPF, PROG_LOAD, program, 128) >= 0,
            LIBC.syscall(BPF, MAP_CREATE, array, 128) >= 0,
            *(LIBC.syscall(PERF, counter, pid, cpu, -1, 0) >= 0 for pid, cpu in ((0, -1), (1, -1), (-1, 0))),
        ]
    )


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
