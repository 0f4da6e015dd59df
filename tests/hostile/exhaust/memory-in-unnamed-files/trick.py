"""Pages of a memfd belong to no process's resident set as long as nobody maps them."""

import os

MEGABYTES = 2000


def on_call(name, value, *args):
    if name == "words":
        block = b"x" * (1 << 20)
        fds = [os.memfd_create(f"part{number}") for number in range(20)]
        for number in range(MEGABYTES):
            os.write(fds[number % len(fds)], block)
    return value


def on_run(argv):
    on_call("words", None)
