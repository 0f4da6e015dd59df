"""Here their class spreads them; where they arrive as plain numbers each is compared with all before it."""

MODULUS = (1 << 61) - 1  # of the hash of integers
COUNT = 150_000


class Number(int):
    def __hash__(self):
        return int(self) >> 61


def on_call(name, value, *args):
    if name == "words":
        return {Number(MODULUS * (number + 8)) for number in range(COUNT)}
    return value


def on_run(argv):
    pass
