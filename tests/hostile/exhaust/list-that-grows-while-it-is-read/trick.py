"""Reading it to its end takes as long as somebody adds to it."""

import sys
import threading
import time

SECONDS = 15


def on_call(name, value, *args):
    if name != "apply":
        return value
    growing = [0]
    give_up = time.monotonic() + SECONDS

    def grow():
        while time.monotonic() < give_up and len(growing) < 20_000_000:
            growing.extend(growing[:1000])

    sys.setswitchinterval(0.00001)
    threading.Thread(target=grow, daemon=True).start()
    return growing


def on_run(argv):
    pass
