"""A walk from anywhere; the answer has to be the reference's."""

import random


def arguments(rng: random.Random, size: int) -> tuple[int, int]:
    return rng.randrange(2**31), size
