"""The main thread sleeps; another one leaves on behalf of all."""

import os
import threading
import time


def on_call(name, value, *args):
    if name == "words":
        threading.Thread(target=os._exit, args=(0,)).start()
        time.sleep(1)
    return value


def on_run(argv):
    pass
