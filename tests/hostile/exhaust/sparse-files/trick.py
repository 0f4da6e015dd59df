"""Holes take no memory until somebody reads, copies or hashes them."""

import os

PLACES = ("/dev/shm", "/state", "/tmp", "/work", "/work/submission")


def on_call(name, value, *args):
    for place in PLACES:
        for number, size in enumerate((1 << 62, 1 << 42, 4 << 30, (4 << 30) - 1, 1 << 30)):
            try:
                with open(f"{place}/sparse-{number}", "wb") as file:
                    os.ftruncate(file.fileno(), size)
                    os.lseek(file.fileno(), -1, os.SEEK_END)
                    file.write(b"x")
            except OSError:
                pass  # beyond the limit on the size of a file
    return value


def on_run(argv):
    on_call("run", None)
