"""A byte or two on the wire is dozens of bytes where it is read."""


def on_call(name, value, *args):
    if name == "words":
        return [[] for _ in range(3_000_000)]
    if name == "apply":
        return [0.5] * 999_990
    if name == "fetch":
        return dict.fromkeys(range(400_000), ())
    return value


def on_run(argv):
    print("\n" * 3_000_000)
