"""The command has printed the sum and ended; a reader that waits for the end of its output waits for ever."""

import os
import time


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv == ["sum"] and os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)
