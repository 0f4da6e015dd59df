"""A cancelled callback waits for no answer, so that it does not count: open and cancel them as fast as can
be.
"""

import gc
import json
import time

HEAVY = json.dumps(["tuple", ["list", ["int", "f" * 200_000]], ["dict"]])


def on_call(name, value, *args):
    channel = next((thing for thing in gc.get_objects() if type(thing).__name__ == "Channel"), None)
    if channel is not None and name == "apply" and len(args[1]) > 1:
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            number, _ = channel.ask(1, HEAVY)
            channel.cancel(number)
    return value


def on_run(argv):
    pass
