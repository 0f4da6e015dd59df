"""Nothing is computed here: numerator and denominator are put in place, and the reader has to reduce them."""

from fractions import Fraction

BITS = (1 << 20) - 8


def on_call(name, value, *args):
    if name not in ("words", "apply"):
        return value
    found = []
    for number in range(10):
        fraction = Fraction(1)
        fraction._numerator = (1 << BITS) // 3 + number
        fraction._denominator = (1 << BITS) // 7 + 1
        found.append(fraction)
    return found


def on_run(argv):
    pass
