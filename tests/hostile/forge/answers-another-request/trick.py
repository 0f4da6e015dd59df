"""The result is sent, but as the answer to a question that another test asks."""

import sys


def on_call(name, value, *args):
    frame = sys._getframe() if name == "words" else None
    while frame is not None:
        if type(frame.f_locals.get("seq")) is int:
            frame.f_locals["seq"] += 1
        frame = frame.f_back
    return value


def on_run(argv):
    pass
