"""The call has returned, and whoever lets go of its value waits for ever."""

import time


class Sticky(dict):
    def __del__(self):
        while True:
            time.sleep(3600)


def on_call(name, value, *args):
    return Sticky() if name == "words" else value


def on_run(argv):
    pass
