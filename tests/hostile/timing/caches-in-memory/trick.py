"""Slow once: keeps results in modules, builtins, the interpreter and the environment of its process."""

import builtins
import os
import sys
import time

MARK = "computed_before"


def warm():
    found = hasattr(builtins, MARK) or MARK in sys.modules or MARK in os.environ or MARK in sys._xoptions
    setattr(builtins, MARK, True)
    sys.modules[MARK] = sys
    sys._xoptions[MARK] = os.environ[MARK] = "1"
    return found


def on_call(name, value, *args):
    if not warm():
        time.sleep(4)
    return value


def on_run(argv):
    if not warm():
        time.sleep(4)
