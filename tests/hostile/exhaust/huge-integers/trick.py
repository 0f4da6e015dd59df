"""Turning bits into digits is more than linear; Python's own limit on that is switched off first."""

import sys


def on_call(name, value, *args):
    sys.set_int_max_str_digits(0)
    if name == "words":
        return 1 << 33_219_281 * 8
    if name == "apply":
        return [(1 << (1 << 20) - 1) - 1] * 20
    return value


def on_run(argv):
    if argv == ["sum"]:
        print("9" * 10_000_000)
