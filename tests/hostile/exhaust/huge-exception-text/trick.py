"""An error's message goes into every report; this one would fill the disk of whoever keeps it."""


class Loud(Exception):
    def __str__(self):
        return "x" * (40 << 20)

    __repr__ = __str__


def on_call(name, value, *args):
    if name == "words":
        error = Loud("y" * (5 << 20), ["z"] * 100_000)
        error.note = "n" * (5 << 20)
        for number in range(1000):
            error.add_note(f"{number}\n" * 1000)
        raise error from RuntimeError("w" * (40 << 20))
    if name == "apply":
        deep = Loud("deep")
        for _ in range(2000):
            deep = ExceptionGroup("g" * 1000, [deep])
        raise deep
    return value


def on_run(argv):
    raise SystemExit("x" * (40 << 20))
