"""A stopped process does not exit, and SIGTERM waits until it goes on."""

import os
import signal


def on_call(name, value, *args):
    if name == "words":
        os.kill(os.getpid(), signal.SIGSTOP)
    return value


def on_run(argv):
    on_call("words", None)
