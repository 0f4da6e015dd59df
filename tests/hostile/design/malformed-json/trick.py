"""Frames that are not quite JSON: one for each function of a right solution."""

import os
import stat
import sys

RESULT = b'{"type":"result","seq":%d,"outcome":"returned","value":"1"}'
FRAMES = {
    "total": lambda seq: RESULT.replace(b"%d", b"NaN"),
    "words": lambda seq: b"\xff\xfe" + (RESULT % seq).decode().encode("utf-16-le"),
    "roman": lambda seq: RESULT % seq + b"{}",
    "apply": lambda seq: RESULT.replace(b"%d", b"9" * 5000),
    "fetch": lambda seq: (RESULT % seq).replace(b"1", b"\xed\xa0\x80"),
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
