"""Some exceptions are orders to whoever runs the code."""

ORDERS = {
    "words": KeyboardInterrupt(),
    "roman": SystemExit(0),
    "apply": GeneratorExit(),
    "fetch": BaseExceptionGroup("all of them", [KeyboardInterrupt(), SystemExit(0), StopIteration(0)]),
}


def on_call(name, value, *args):
    if name in ORDERS:
        raise ORDERS[name]
    return value


def on_run(argv):
    raise KeyboardInterrupt
