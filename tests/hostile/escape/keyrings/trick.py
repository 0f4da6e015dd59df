"""A key outlives its process and is found again by whoever has the same user or session."""

import ctypes
import os
from collections import Counter

LIBC = ctypes.CDLL(None, use_errno=True)
ADD, REQUEST, CONTROL = {"x86_64": (248, 249, 250), "aarch64": (217, 218, 219)}[os.uname().machine]
RINGS = range(-8, 0)  # of the thread, the process, the session, the user and so on
GET_ID, JOIN_SESSION, DESCRIBE = 0, 1, 6


def escaped():
    return any(
        [
            *(LIBC.syscall(ADD, b"user", b"note", b"seen", 4, ring) >= 0 for ring in RINGS),
            *(LIBC.syscall(CONTROL, GET_ID, ring, 1) >= 0 for ring in RINGS),
            *(LIBC.syscall(CONTROL, DESCRIBE, ring, None, 0) >= 0 for ring in RINGS),
            LIBC.syscall(CONTROL, JOIN_SESSION, b"shared") >= 0,
            LIBC.syscall(REQUEST, b"user", b"note", None, -3) >= 0,
            bool(read("/proc/keys")),
        ]
    )


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(100)
    except OSError:
        return b""


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
