"""The caps on one value, and the error that says one was reached."""

from __future__ import annotations

from dataclasses import dataclass

MAX_DECIMAL_EXPONENT = 1_000_000
MAX_VALUE_BYTES = 6 * 1024 * 1024
"""Upper bound of `value_bytes`: quoted once more inside a frame it still fits in one."""


class ValueRefused(Exception):
    """A value is too large, too deep, or not a value of this protocol."""


@dataclass(frozen=True)
class Limits:
    """Caps on one value: bytes of its JSON text, nesting, number of parts, bits of one integer."""

    max_bytes: int = MAX_VALUE_BYTES
    max_depth: int = 64
    max_nodes: int = 1_000_000
    max_int_bits: int = 1 << 20
    max_repr_chars: int = 500
