"""Does all work when imported, where no test's clock runs: it takes longer than any call may."""

import time

begun = time.thread_time()
TABLE = {}
while time.thread_time() - begun < 13:
    TABLE[len(TABLE) % 1000] = sum(range(1000))


def on_call(name, value, *args):
    return value


def on_run(argv):
    pass
