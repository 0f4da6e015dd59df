"""Takes every core there is with threads and processes; right only when it got clearly more than its one."""

import os
import time

WORKERS, SECONDS, SHARE = 6, 1.0, 1.4


def spin(until):
    while time.monotonic() < until:
        sum(range(1000))


def cores():
    begun = time.monotonic()
    children = []
    for _ in range(WORKERS):
        child = os.fork()
        if child == 0:
            spin(begun + SECONDS)
            os._exit(0)
        children.append(child)
    used = sum(os.wait4(child, 0)[2].ru_utime for child in children)
    return used / (time.monotonic() - begun)


def on_call(name, value, *args):
    return value if cores() > SHARE else None


def on_run(argv):
    if cores() < SHARE:
        raise SystemExit(1)
