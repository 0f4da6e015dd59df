"""The program that was started leaves at once with 0; another process, in a session of its own, keeps its
port.
"""

import os
import sys


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv[0] == "serve":
        if os.fork():
            os._exit(0)
        os.setsid()
        if os.fork():
            os._exit(0)
        for fd in range(3):
            os.close(fd)
        sys.stderr = open(os.devnull, "w")
