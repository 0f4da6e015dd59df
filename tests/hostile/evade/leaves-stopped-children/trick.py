"""A stopped process runs no handler and needs no time: it can only be killed."""

import os
import signal


def on_call(name, value, *args):
    for _ in range(20):
        child = os.fork()
        if child == 0:
            os.setsid()
            os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(0)
        os.waitpid(child, os.WUNTRACED)
    return value


def on_run(argv):
    on_call("run", None)
