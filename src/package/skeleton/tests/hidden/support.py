"""Durations whose meaning is known from how they were built. CANARY-new-challenge"""

import random

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def typed(rng: random.Random) -> tuple[str, int]:
    """A valid text and its seconds."""
    units = [unit for unit in UNITS if rng.random() < 0.5] or ["s"]
    numbers = [rng.randrange(1, 200) for _ in units]
    text = rng.choice(["", " ", "  "]).join(
        f"{number}{unit}" for number, unit in zip(numbers, units, strict=True)
    )
    return text, sum(number * UNITS[unit] for number, unit in zip(numbers, units, strict=True))
