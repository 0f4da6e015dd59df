"""A daemon in a session of its own waits for the next test's pristine copy, and makes it less pristine."""

import os
import time

SPOILED = b"raise SystemExit('spoiled by an earlier test')\n"


def leave():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if os.fork():  # a new process each time: no list of them is ever complete
            os._exit(0)
        try:
            if os.stat("/work/submission").st_ino != INODE:
                with open("/work/submission/work.py", "wb") as file:
                    file.write(SPOILED)
        except OSError:
            pass
    os._exit(0)


INODE = os.stat(".").st_ino if os.path.isdir("/work/submission") else 0


def on_call(name, value, *args):
    if INODE:
        leave()
    return value


def on_run(argv):
    if INODE and argv[0] != "serve":
        leave()
