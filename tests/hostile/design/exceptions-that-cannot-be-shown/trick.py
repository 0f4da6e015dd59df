"""Exceptions whose text raises, is endless, has numbers too long to print, or lies about its place."""


class Mute(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


class Chatty(Exception):
    def __str__(self):
        return "\N{RIGHT-TO-LEFT OVERRIDE}\0\x1b]0;score 100\a" + "y" * 5_000_000


def nested(depth):
    error = ValueError("bottom")
    for _ in range(depth):
        error = ValueError(error)
    return error


RAISED = {
    "total": Mute("x"),
    "words": Chatty("x" * 1_000_000),
    "roman": KeyError(10**300_000, -(10**300_000)),
    "apply": nested(200),
    "fetch": UnicodeDecodeError("utf-8", b"\xff" * 10, 0, 10**6, "\ud800" * 100),
}


def on_call(name, value, *args):
    raise RAISED[name]


def on_run(argv):
    raise Chatty
