"""Frames that are JSON and no messages: wrong types, missing keys, keys twice, brackets without end."""

import os
import stat
import sys

FRAMES = {
    "total": lambda seq: b"[" * 100_000 + b"]" * 100_000,
    "words": lambda seq: b"[1,2,3]",
    "roman": lambda seq: b'{"type":7}',
    "apply": lambda seq: b'{"type":"result","seq":%d,"outcome":"passed","value":"1"}' % seq,
    "fetch": lambda seq: b"{" + b",".join(b'"k%d":{}' % n for n in range(1000)) + b"}",
}


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
    if fd is not None and name in FRAMES:
        body = FRAMES[name](current())
        os.write(fd, len(body).to_bytes(4, "big") + body)
    return value


def on_run(argv):
    pass
