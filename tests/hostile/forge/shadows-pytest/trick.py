"""Uses what it has brought."""


def on_call(name, value, *args):
    import pytest

    return value


def on_run(argv):
    import pytest
