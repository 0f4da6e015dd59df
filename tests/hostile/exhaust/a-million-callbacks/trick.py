"""Each call is work for the judge, and the deadline is one for all of them."""

import time

SECONDS = 40  # an ordinary run is given 25
BURST = 1_000
# An ordinary run keeps what it was called with: without it that would be out of memory before it hangs.
PAUSE_S = 0.02


def on_call(name, value, *args):
    give_up = time.monotonic() + SECONDS
    while name == "apply" and time.monotonic() < give_up:
        try:
            for _ in range(BURST):
                args[0](1)
        except LookupError:
            pass
        time.sleep(PAUSE_S)
    return value


def on_run(argv):
    pass
