"""pytest itself offers to end the session, and with which exit code."""


def on_call(name, value, *args):
    if name == "words":
        import pytest

        pytest.exit("enough", returncode=0)
    return value


def on_run(argv):
    pass
