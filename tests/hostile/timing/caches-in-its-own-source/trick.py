"""Writes what it computed into its own source and bytecode, so that the next process starts with it."""

import os
import time

KNOWN = ()


def warm(name):
    if KNOWN or "KNOWN" in os.environ:
        return True
    with open(__file__) as file:
        source = file.read()
    if "\nKNOWN = ()" in source:
        with open(__file__, "w") as file:
            file.write(source.replace("\nKNOWN = ()", f"\nKNOWN = ({name!r},)"))
    os.environ["KNOWN"] = name
    return False


def on_call(name, value, *args):
    if not warm(name):
        time.sleep(4)
    return value


def on_run(argv):
    if not warm("run"):
        time.sleep(4)
