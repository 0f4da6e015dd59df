"""Whoever walks it by recursion runs out of stack, in C or in Python."""

DEPTH = 100_000


def on_call(name, value, *args):
    if name in ("words", "apply", "roman"):
        nested = []
        for _ in range(DEPTH):
            nested = {"a": nested} if name == "words" else (nested,) if name == "roman" else [nested]
        return nested
    return value


def on_run(argv):
    print("[" * DEPTH)
