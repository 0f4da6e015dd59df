"""Attributes are neither bytes nor inodes, and those of a mount point would outlive what is in it."""

import os

PLACES = ("/dev/shm", "/state", "/tmp", "/work", "/work/submission")


def fill(path):
    for number in range(100):
        os.setxattr(path, f"user.note{number}", b"x" * 60_000)


def on_call(name, value, *args):
    if name == "words":
        for place in PLACES:
            for number in range(50):
                try:
                    path = f"{place}/holder{number}"
                    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
                    fill(path)
                except OSError:
                    pass
            try:
                fill(place)
            except OSError:
                pass
    return value


def on_run(argv):
    on_call("words", None)
