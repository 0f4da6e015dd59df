"""The children fork as well, so that their number doubles; bounded by tries and by time."""

import mmap
import os
import time

TRIES, SECONDS = 5000, 10
count = mmap.mmap(-1, 8)  # shared by all of them


def on_call(name, value, *args):
    give_up = time.monotonic() + SECONDS
    while name == "words" and time.monotonic() < give_up:
        number = int.from_bytes(count[:8], "little") + 1
        count[:8] = number.to_bytes(8, "little")
        if number > TRIES:
            break
        try:
            os.fork()
        except OSError:
            pass
    if name == "words":
        time.sleep(20)
    return value


def on_run(argv):
    on_call("words", None)
