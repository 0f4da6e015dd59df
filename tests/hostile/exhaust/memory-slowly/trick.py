"""No single request is large; who looks only now and then is late."""

import time

MEGABYTES = 1000


def on_call(name, value, *args):
    kept = []
    for _ in range(MEGABYTES if name == "words" else 0):
        kept.append(b"x" * (1 << 20))
        time.sleep(0.002)
    return value


def on_run(argv):
    on_call("words", None)
