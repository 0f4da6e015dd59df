"""Explanations of failed comparisons whose cost does not depend on what candidate code returned.

pytest explains `==` by a diff that is quadratic or worse; a wrong answer of a megabyte would turn a failed
test into a timeout.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_SMALL = 4000
_EXCERPT = 60


def bounded_explanation(op: str, left: object, right: object) -> list[str] | None:
    """Lines for pytest's assertion message, or None when both sides are small enough for its own."""
    if _fits(left, _SMALL) and _fits(right, _SMALL):
        return None
    lines = [f"{excerpt(left)} {op} {excerpt(right)}"]
    if op == "==":
        lines.append(_difference(left, right))
    return lines


def _difference(left: Any, right: Any) -> str:
    if type(left) is not type(right):
        return f"types differ: {type(left).__name__} and {type(right).__name__}"
    if isinstance(left, (str, bytes, list, tuple)):
        return _first_difference(left, right)
    if isinstance(left, dict):
        for key in left:
            if key not in right:
                return f"key {excerpt(key)} is only on the left"
            if left[key] != right[key]:
                return f"at key {excerpt(key)}: {excerpt(left[key])} != {excerpt(right[key])}"
        return f"{len(right.keys() - left.keys())} keys are only on the right"
    if isinstance(left, (set, frozenset)):
        only = [
            f"{excerpt(next(iter(a - b)))} is only on the {side}"
            for a, b, side in _sides(left, right)
            if a - b
        ]
        return "; ".join(only)
    return "they differ"


def _sides(left: Any, right: Any) -> Iterable[tuple[Any, Any, str]]:
    return ((left, right, "left"), (right, left, "right"))


def _first_difference(left: Any, right: Any) -> str:
    length = min(len(left), len(right))
    if isinstance(left, (str, bytes)):
        index = _first_unequal(left, right, length)
        before = max(0, index - _EXCERPT // 2)
        parts = f"{left[before : index + _EXCERPT]!r} and {right[before : index + _EXCERPT]!r}"
        return f"lengths {len(left)} and {len(right)}; first difference at {index}: {parts}"
    for index in range(length):
        if left[index] != right[index]:
            pair = f"{excerpt(left[index])} != {excerpt(right[index])}"
            return f"lengths {len(left)} and {len(right)}; at index {index}: {pair}"
    return f"lengths {len(left)} and {len(right)}; equal as far as the shorter one goes"


def _first_unequal(left: Any, right: Any, length: int) -> int:
    low, high = 0, length
    while low < high:  # the prefixes up to `low` are equal
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def excerpt(value: object) -> str:
    """A short repr; of a large value only its type and size."""
    if isinstance(value, (str, bytes)) and len(value) > _EXCERPT:
        return f"{value[:_EXCERPT]!r}… ({len(value)})"
    if _fits(value, 400):
        try:
            return repr(value)[:500]
        except Exception:  # an integer of too many digits
            return f"<{type(value).__name__}>"
    size = f" of {len(value)}" if hasattr(value, "__len__") else ""
    return f"<{type(value).__name__}{size}>"


def _fits(value: object, budget: int) -> bool:
    """Whether a value's repr is at most roughly `budget` characters, found without making it."""
    pending: list[object] = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, (str, bytes, bytearray)):
            budget -= len(current)
        elif isinstance(current, int):
            budget -= 1 + current.bit_length() // 3
        elif isinstance(current, (list, tuple, set, frozenset, dict)):
            budget -= 2 * len(current)
            if budget >= 0:
                pending.extend(current)
                if isinstance(current, dict):
                    pending.extend(current.values())
        else:
            budget -= 10
        if budget < 0:
            return False
    return True
