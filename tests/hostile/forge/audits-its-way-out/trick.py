"""Audit hooks outlive every cleaning up."""

import os
import sys


def hook(event, args, leave=os._exit):
    if event == "cpython.PyInterpreterState_Clear":
        leave(0)


sys.addaudithook(hook)


def on_call(name, value, *args):
    return value


def on_run(argv):
    pass
