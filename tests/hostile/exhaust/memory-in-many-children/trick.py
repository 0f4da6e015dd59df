"""A limit on each process would not see it. The parent itself holds next to nothing and waits."""

import os
import time

CHILDREN, MEGABYTES, SECONDS = 40, 20, 20


def on_call(name, value, *args):
    if name == "words":
        for _ in range(CHILDREN):
            try:
                if os.fork() == 0:
                    kept = bytearray(b"x") * (MEGABYTES << 20)
                    time.sleep(SECONDS)
                    os._exit(len(kept) & 1)
            except OSError:
                pass
        time.sleep(SECONDS)
    return value


def on_run(argv):
    on_call("words", None)
