"""One line of a megabyte wherever text goes: errors, names of classes, streams, values, arguments."""

import os
import sys

LONG = "A\u0301\U0001f4a9\x1b" * (1 << 18)


def on_call(name, value, *args):
    sys.stderr.write(LONG)
    if name == "total":
        raise type(LONG, (ValueError,), {"__module__": LONG, "__doc__": LONG})(LONG, [LONG])
    if name == "words":
        return {LONG: 1}
    if name == "fetch":
        os._exit(3)
    return LONG if name == "roman" else [LONG]


def on_run(argv):
    sys.stdout.write(LONG)
    sys.exit(LONG)
