"""What Hypothesis works out about Unicode before its first text, as the files in which it keeps that.

It takes a second, which every run of a suite would spend in its empty sandbox. A version of Hypothesis that
looks for other files works it out by itself.
"""

import gzip
import json
import sys
import unicodedata
from functools import cache
from itertools import groupby
from typing import Any

ALL_BUT_SURROGATES = [[0, 0xD7FF], [0xE000, sys.maxunicode]]


@cache
def files() -> dict[str, bytes]:
    """Paths below Hypothesis' storage directory, and contents."""
    categories: dict[str, list[list[int]]] = {}
    start = 0
    for category, characters in groupby(map(unicodedata.category, map(chr, range(sys.maxunicode + 1)))):
        end = start + sum(1 for _ in characters)
        categories.setdefault(category, []).append([start, end - 1])
        start = end
    folder = f"unicode_data/{unicodedata.unidata_version}"
    return {
        f"{folder}/charmap.json.gz": _packed(sorted(categories.items())),
        f"{folder}/codec-v2-utf-8.json.gz": _packed([ALL_BUT_SURROGATES, []]),
    }


def _packed(data: Any) -> bytes:
    return gzip.compress(json.dumps(data).encode(), mtime=0)
