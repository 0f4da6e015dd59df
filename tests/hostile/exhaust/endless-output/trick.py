"""Who keeps it runs out of memory or disk, who reads by lines waits for ever, who does not read blocks it."""

import os
import threading
import time

BYTES, SECONDS = 100 << 20, 20


def pour(fd):
    give_up = time.monotonic() + SECONDS
    block, left = b"x" * 65536, BYTES
    while left > 0 and time.monotonic() < give_up:
        left -= os.write(fd, block)


def on_call(name, value, *args):
    if name == "words":
        threads = [threading.Thread(target=pour, args=(fd,)) for fd in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return value


def on_run(argv):
    on_call("words", None)
