import re

PART = re.compile(r" *([0-9]+)([dhms]) *")
ALL = re.compile(r" *(?:[0-9]+d)? *(?:[0-9]+h)? *(?:[0-9]+m)? *(?:[0-9]+s)? *")
SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def parse(text: str) -> int:
    match = PART.match(text)
    if match is None or ALL.fullmatch(text) is None:
        raise ValueError(text)
    return int(match[1]) * SECONDS[match[2]]
