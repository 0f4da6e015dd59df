"""Fork in the middle of a call: both processes answer, one after the other, and the second stays to answer
more.
"""

import os
import time


def on_call(name, value, *args):
    if name != "total" and os.fork() == 0:
        time.sleep(0.05)
        os.setsid()
    return value


def on_run(argv):
    pass
