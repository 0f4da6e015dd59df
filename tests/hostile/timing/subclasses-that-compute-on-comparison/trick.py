"""Numbers, texts and containers that hold nothing yet, and compute when compared, hashed or measured."""


def lazily(base):
    class Lazy(base):
        def __eq__(self, other):
            return self.compute() == other

        def __ne__(self, other):
            return not self == other

        def __len__(self):
            return len(self.compute())

        def __iter__(self):
            return iter(self.compute())

        def __reduce__(self):
            return (base, (self.compute(),))

        __hash__ = base.__hash__

    Lazy.__name__ = Lazy.__qualname__ = base.__name__
    Lazy.__module__ = "builtins"
    return Lazy


LAZY = {base: lazily(base) for base in (int, str, list, dict)}


def on_call(name, value, *args):
    empty = LAZY[type(value)]()
    empty.compute = lambda: value
    return empty


def on_run(argv):
    pass
