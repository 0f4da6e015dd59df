"""A loop whose length is known: with EXTRA = 5 it is five per cent longer."""

EXTRA = 0


def walk(seed: int, steps: int) -> int:
    """Where a linear congruential walk from `seed` ends; a part of it is walked twice."""
    at = seed
    for _ in range(steps):
        at = (at * 1_103_515_245 + 12_345) % 2_147_483_648
    again = at
    for _ in range(steps * EXTRA // 100):
        again = (again * 1_103_515_245 + 12_345) % 2_147_483_648
    return at
