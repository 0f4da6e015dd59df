"""It has handlers for a few signals and is woken by each; a thousand a millisecond leave it little time."""

import os
import signal
import time

SECONDS = 1.0


def flood():
    give_up = time.monotonic() + SECONDS
    while time.monotonic() < give_up:
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGCONT):
            os.kill(1, number)
    os._exit(0)


def on_call(name, value, *args):
    if name in ("total", "apply"):
        for _ in range(4):
            if os.fork() == 0:
                flood()
        time.sleep(0.5)
    return value


def on_run(argv):
    pass
