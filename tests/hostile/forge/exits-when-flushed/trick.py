"""A result is written and then flushed. The flush never returns."""

import os
import sys


def on_call(name, value, *args):
    if name == "words":
        sys.__stdout__.flush = lambda: os._exit(0)
    return value


def on_run(argv):
    pass
