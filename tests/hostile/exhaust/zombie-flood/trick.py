"""An orphan's death is process 1's business; half of the table is filled by zombies that nobody waits for."""

import os
import time

TRIES, SECONDS, OWN = 5000, 15, 20


def on_call(name, value, *args):
    if name == "words":
        give_up = time.monotonic() + SECONDS
        for number in range(TRIES):
            try:
                if os.fork() == 0:
                    if number >= OWN:
                        os.fork()
                    os._exit(0)
                if number >= OWN:
                    os.wait()
            except OSError:
                time.sleep(0.001)
            if time.monotonic() > give_up:
                break
        time.sleep(max(0, give_up - time.monotonic()))
    return value


def on_run(argv):
    on_call("words", None)
