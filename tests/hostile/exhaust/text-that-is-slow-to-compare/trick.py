"""A failed comparison is explained by a difference, and that is quadratic in the lines that are alike."""

LINES = 300_000


def on_call(name, value, *args):
    if name == "roman":
        return "\n".join(f"MCMXC{number % 7}V" for number in range(LINES))
    return value


def on_run(argv):
    if argv == ["sum"]:
        print("\n".join(str(5_000_000 + number) for number in range(LINES // 10)))
