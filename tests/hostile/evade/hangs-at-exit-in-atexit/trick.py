"""All answers are right and the program never ends: only the test that wants an end may fail."""

import atexit
import time

atexit.register(time.sleep, 3600)


def on_call(name, value, *args):
    return value


def on_run(argv):
    pass
