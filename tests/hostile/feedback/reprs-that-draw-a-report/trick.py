"""Objects whose repr, str, format and type name draw escapes, or megabytes, or raise escapes."""


class Drawn:
    def __repr__(self):
        return "\x1b[2J\x1b[32m100 of 100\x1b[0m\n::error::x\r\u202e" + "#" * 100_000

    __str__ = __repr__


class Raising:
    def __repr__(self):
        raise type("\x1b]0;passed\x07", (Exception,), {"__module__": "\x1b[2J"})("\x1b[2J")


class Lying(ValueError):
    def __str__(self):
        raise RuntimeError("\x1b[2J")


def on_call(name, value, *args):
    if name == "roman":
        raise Lying(Drawn(), Raising())
    if name == "fetch":
        raise ExceptionGroup("\x1b[2J", [ValueError("\x1b[3J"), ExceptionGroup("\r", [KeyError("\x9b")])])
    return {"total": Drawn(), "words": {"a": Raising()}, "apply": [Drawn(), Raising()]}[name]


def on_run(argv):
    raise Lying(Drawn())
