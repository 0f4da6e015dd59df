"""Threads count as processes; each of them wants the interpreter for itself."""

import threading
import time

TRIES, SECONDS = 5000, 15


def spin(give_up):
    while time.monotonic() < give_up:
        pass


def on_call(name, value, *args):
    if name == "words":
        give_up = time.monotonic() + SECONDS
        for _ in range(TRIES):
            try:
                threading.Thread(target=spin, args=(give_up,)).start()
            except RuntimeError:
                spin(give_up)
    return value


def on_run(argv):
    on_call("words", None)
