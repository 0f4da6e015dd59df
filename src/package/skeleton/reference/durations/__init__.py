"""Durations that people type."""

import re

_DURATION = re.compile(r" *(?:([0-9]+)d)? *(?:([0-9]+)h)? *(?:([0-9]+)m)? *(?:([0-9]+)s)? *")
_SECONDS = (86_400, 3_600, 60, 1)


def parse(text: str) -> int:
    """The seconds of a duration such as `1h 30m`; ValueError when it is none."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"{text!r} is not a duration; write it like '1h 30m'")
    return sum(int(number or 0) * seconds for number, seconds in zip(match.groups(), _SECONDS, strict=True))
