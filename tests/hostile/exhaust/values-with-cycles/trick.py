"""A walk over the first never ends; over the second, sixty objects that each hold the next twice, hardly."""


def on_call(name, value, *args):
    if name == "words":
        loop = {}
        loop["self"] = [loop, loop]
        return loop
    if name == "apply":
        twice = []
        for _ in range(50):
            twice = [twice, twice]
        return twice
    if name == "roman":
        error = LookupError("loop")
        error.__cause__ = error.__context__ = error
        error.args = (error, error)
        raise error
    return value


def on_run(argv):
    pass
