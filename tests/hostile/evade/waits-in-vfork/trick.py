"""A parent in vfork takes no signal but a fatal one; its child has left for a session of its own."""

import ctypes
import os
import signal
import time

CLONE_VFORK = 0x4000
NUMBER = {"x86_64": 56, "aarch64": 220}[os.uname().machine]


def on_call(name, value, *args):
    if name == "words":
        clone = ctypes.CDLL(None).syscall
        if clone(NUMBER, ctypes.c_long(CLONE_VFORK | signal.SIGCHLD), None, None, None, None) == 0:
            os.setsid()
            while True:
                time.sleep(3600)
    return value


def on_run(argv):
    on_call("words", None)
