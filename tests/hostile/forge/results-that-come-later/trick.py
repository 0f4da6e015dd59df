"""Nothing is done before the result is read."""


def on_call(name, value, *args):
    if name == "apply":
        return (args[0](value) for value in args[1])
    if name == "words":
        return iter({"a": 3, "b": 1, "c": 1}.items())
    if name == "roman":
        return iter("MCMXCIV")
    return value


def on_run(argv):
    pass
