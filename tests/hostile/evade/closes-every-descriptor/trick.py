"""Nothing can be read from it or written to it any more, and it does not end."""

import os
import time


def on_call(name, value, *args):
    if name == "words":
        os.closerange(0, 65536)
        while True:
            time.sleep(3600)
    return value


def on_run(argv):
    on_call("words", None)
