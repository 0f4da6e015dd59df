"""An alarm rings in the middle of a call, and its handler leaves."""

import os
import signal
import time


def on_call(name, value, *args):
    if name == "words":
        signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        time.sleep(1)
    return value


def on_run(argv):
    pass
