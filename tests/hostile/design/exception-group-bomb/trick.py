"""Raise a group of tens of thousands of exceptions, for whoever wants to format them."""


def on_call(name, value, *args):
    if name == "words":
        raise ExceptionGroup("many", [ValueError(n) for n in range(15_000)])
    return value


def on_run(argv):
    pass
