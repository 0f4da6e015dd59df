"""The process that is called never returns; a descendant in another session does, two seconds too late."""

import os
import time


def on_call(name, value, *args):
    if name == "words":
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(5)
                return value
            os._exit(0)
        time.sleep(3600)
    return value


def on_run(argv):
    pass
