"""Comparing, measuring or showing them goes on until the memory is full."""

import itertools


class Endless:
    def __iter__(self):
        return itertools.count()

    keys = items = values = __iter__

    def __eq__(self, other):
        return list(self) == other

    def __getitem__(self, index):
        return index


def on_call(name, value, *args):
    return {"words": Endless(), "apply": itertools.repeat(1), "fetch": iter(int, 1)}.get(name, value)


def on_run(argv):
    pass
