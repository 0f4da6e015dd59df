"""No trick: a sample brings its own file of this name."""


def on_call(name, value, *args):
    """A function of `work` was called with `args` and would return `value`."""
    return value


def on_run(argv):
    """`python -m work` was started."""
