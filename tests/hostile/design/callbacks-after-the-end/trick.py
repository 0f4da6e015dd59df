"""Threads that outlive the call go on asking, in the hope that the next call of this worker is answered
with it.
"""

import gc
import json
import threading
import time

EMPTY = json.dumps(["tuple", ["list"], ["dict"]])


def ask(channel):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            channel.ask(1, EMPTY)
            channel.cancel(1)
        except (OSError, ValueError):
            return


def on_call(name, value, *args):
    channel = next((thing for thing in gc.get_objects() if type(thing).__name__ == "Channel"), None)
    if channel is not None:
        channel.expect_answers()
        for _ in range(4):
            threading.Thread(target=ask, args=(channel,), daemon=True).start()
    return value


def on_run(argv):
    pass
