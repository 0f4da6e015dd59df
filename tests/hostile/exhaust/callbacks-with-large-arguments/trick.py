"""Each argument alone is within the limits; the judge has to read them all."""

import threading
import time

THREADS, SECONDS = 30, 10


def on_call(name, value, *args):
    if name != "apply":
        return value
    give_up = time.monotonic() + SECONDS

    def flood(argument):
        while time.monotonic() < give_up:
            try:
                args[0](argument)
            except Exception:
                pass

    for number in range(THREADS):
        argument = [0] * 900_000 if number % 2 else "x" * 5_500_000
        threading.Thread(target=flood, args=(argument,), daemon=True).start()
    time.sleep(SECONDS)
    return value


def on_run(argv):
    pass
