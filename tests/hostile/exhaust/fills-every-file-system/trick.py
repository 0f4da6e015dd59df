"""Files in memory stay when their writer is killed: what is short then stays short."""

import os

PLACES = ("/dev/shm", "/state", "/tmp", "/work")
MEGABYTES = 400  # for each


def on_call(name, value, *args):
    for place in PLACES if name == "words" else ():
        try:
            with open(f"{place}/filler", "wb", buffering=0) as file:
                for _ in range(MEGABYTES):
                    file.write(b"x" * (1 << 20))
        except OSError:
            pass
    return value


def on_run(argv):
    on_call("words", None)
