"""What may not be raised alone is raised in a group, as an argument of another, and as its cause."""


def on_call(name, value, *args):
    group = BaseExceptionGroup("all", [KeyboardInterrupt(), SystemExit(0), GeneratorExit(), MemoryError()])
    if name == "words":
        raise group
    if name == "roman":
        raise ValueError(group, KeyboardInterrupt("x"))
    if name == "apply":
        raise LookupError from group
    return value


def on_run(argv):
    raise BaseExceptionGroup("all", [SystemExit(0)])
