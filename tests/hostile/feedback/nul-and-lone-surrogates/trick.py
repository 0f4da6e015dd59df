"""NUL, lone surrogates and noncharacters in values, keys, exceptions, names and attributes."""

import sys

TEXT = "a\0b\ud800c\udfffd\uffff\ufdd0\x7f\x80"


def on_call(name, value, *args):
    if name == "words":
        return {TEXT: [TEXT.encode("utf-8", "surrogatepass")], "\udc80": 1, "\0": 2}
    if name == "apply":
        return [type(TEXT.replace("\0", "").encode("ascii", "ignore").decode(), (), {})()]
    if name == "roman":
        return TEXT
    error = OSError(2, TEXT, TEXT)
    error.__dict__[TEXT] = TEXT
    raise error


def on_run(argv):
    sys.stdout.buffer.write(TEXT.encode("utf-8", "surrogatepass"))
    sys.exit(TEXT)
