"""Too deep for any path, for recursion, and for holding each folder open; and mode 000 on the way back."""

import os
import time

PLACES = ("/state", "/tmp", "/work/submission")
DEPTH, SECONDS = 15_000, 2


def on_call(name, value, *args):
    if name == "words":
        for place in PLACES:
            os.chdir(place)
            give_up = time.monotonic() + SECONDS / len(PLACES)
            made = 0
            try:
                while made < DEPTH and time.monotonic() < give_up:
                    os.mkdir("d" * 200)
                    os.chdir("d" * 200)
                    made += 1
            except OSError:
                pass
            for _ in range(made):
                os.chdir("..")
                os.chmod("d" * 200, 0)
    return value


def on_run(argv):
    on_call("words", None)
