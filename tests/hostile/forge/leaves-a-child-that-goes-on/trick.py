"""Who waits for the process sees it end well; the work goes on in a child that nobody waits for."""

import os
import time


def on_call(name, value, *args):
    if name == "words":
        if os.fork():
            os._exit(0)
        time.sleep(0.2)
    return value


def on_run(argv):
    pass
