"""Reads the text character by character."""

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def parse(text: str) -> int:
    total, number, left = 0, "", list(UNITS)
    parts = 0
    for char in text:
        if char in "0123456789":
            number += char
        elif char in left and number:
            total += int(number) * UNITS[char]
            left = left[left.index(char) + 1 :]
            number, parts = "", parts + 1
        elif char != " " or number:
            raise ValueError(f"unexpected {char!r}")
    if number or not parts:
        raise ValueError("not a duration")
    return total
