"""Who reads the exception in order to report it is gone."""

import os


class Unreadable(Exception):
    def __str__(self):
        os._exit(0)

    __repr__ = __str__
    __dict__ = property(__str__)


def on_call(name, value, *args):
    if name == "words":
        raise Unreadable
    return value


def on_run(argv):
    pass
