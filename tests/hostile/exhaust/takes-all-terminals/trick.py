"""Small things of the kernel that are limited for a user or for the whole machine, not for a container."""

import ctypes
import fcntl
import os
import select
import time

TRIES, SECONDS = 1000, 2


def on_call(name, value, *args):
    if name != "words":
        return value
    give_up, libc = time.monotonic() + SECONDS, ctypes.CDLL(None)
    pollers = [select.epoll() for _ in range(20)]
    for _ in range(TRIES):
        libc.inotify_add_watch(libc.inotify_init(), b"/tmp", 0xFFF)
        try:
            terminal = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
            for poller in pollers:
                poller.register(terminal)
        except OSError:
            break
    with open("/tmp/locked", "w") as file:
        for number in range(100_000):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 2 * number)
            if time.monotonic() > give_up:
                break
    return value


def on_run(argv):
    pass
