"""The main thread is done; another, that is no daemon, keeps the process from ending."""

import threading
import time


def linger():
    while True:
        time.sleep(3600)


threading.Thread(target=linger).start()


def on_call(name, value, *args):
    return value


def on_run(argv):
    pass
