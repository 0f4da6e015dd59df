"""An attribute of an exception's own comes before a method of its class."""


def on_call(name, value, *args):
    if name not in ("words", "fetch"):
        return value
    error = RuntimeError("shadowed")
    for attribute in ("with_traceback", "add_note", "derive", "split", "args", "outcome", "wasxfail", "when"):
        vars(error)[attribute] = "passed"
    vars(error).update(
        allow_module_level=True, pytrace=False, msg="passed", phases=["setup", "call", "teardown"]
    )
    raise error


def on_run(argv):
    pass
