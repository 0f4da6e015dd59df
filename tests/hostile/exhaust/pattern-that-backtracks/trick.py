"""The matcher holds the interpreter; no other thread of it runs meanwhile."""

import re


def on_call(name, value, *args):
    if name == "words":
        return re.match(r"(a|aa|a?a)+$", "a" * 60 + "b")
    return value


def on_run(argv):
    on_call("words", None)
