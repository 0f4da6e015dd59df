"""Returns objects that compute when somebody looks: at comparison, iteration, indexing."""


class Later:
    def __init__(self, compute):
        self._compute = compute

    def _value(self):
        return self._compute()

    def __eq__(self, other):
        return self._value() == other

    def __getattr__(self, name):
        return getattr(self._value(), name)

    def __iter__(self):
        return iter(self._value())

    def __len__(self):
        return len(self._value())

    def __str__(self):
        return str(self._value())

    __repr__, __hash__ = __str__, None


def on_call(name, value, *args):
    return Later(lambda: value)


def on_run(argv):
    pass
