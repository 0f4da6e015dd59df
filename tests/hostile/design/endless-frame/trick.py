"""A header that announces four gigabytes, and one that announces twelve megabytes which never come."""

import os
import stat
import sys

HEADERS = {"total": 0xFFFFFFFF, "words": 0x7FFFFFFF, "roman": 16 << 20, "apply": 12 << 20}


def channel():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return fd
        except OSError:
            pass


def current():
    """The number of the request that waits, out of the loop that serves it."""
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_name != "serve":
        frame = frame.f_back
    return frame.f_locals["message"]["seq"] if frame is not None else 0


def on_call(name, value, *args):
    fd = channel()
    if fd is not None and name in HEADERS:
        os.write(fd, HEADERS[name].to_bytes(4, "big") + b"{")
    return value


def on_run(argv):
    pass
