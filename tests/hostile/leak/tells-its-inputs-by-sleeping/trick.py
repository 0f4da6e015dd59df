"""Sleeps, and crashes, as its inputs say: whoever sees durations and outcomes could read them back."""

import hashlib
import os
import time


def on_call(name, value, *args):
    digest = hashlib.sha256(repr((name, args)).encode()).digest()
    time.sleep(digest[0] / 256)
    if digest[1] & 1:
        os._exit(digest[2])
    if digest[1] & 2:
        raise MemoryError(digest[3])
    return value


def on_run(argv):
    time.sleep(0.5)
    os.kill(os.getpid(), 9)
