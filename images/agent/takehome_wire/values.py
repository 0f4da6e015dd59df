"""Python values as bounded JSON text: `dumps` and `loads`.

A scalar is itself; anything else is an array whose first element names its kind: `["list",1,2]`,
`["dict",k,v,k,v]`, `["bytes","aGk="]`. There are no JSON objects, so one level of a value is one level of
JSON. Each side adds the kinds that only it understands (functions, references, exceptions) as `extra`.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeAlias

from takehome_wire.encode import Encoder
from takehome_wire.frames import FrameError, parse_json
from takehome_wire.limits import MAX_DECIMAL_EXPONENT, Limits, ValueRefused

__all__ = ["Extra", "Limits", "Opaque", "ValueRefused", "dumps", "loads"]

Decode: TypeAlias = Callable[[Any], Any]
Extra: TypeAlias = Mapping[str, Callable[[list[Any], Decode], Any]]


@dataclass(frozen=True, eq=False)
class Opaque:
    """A value that has no plain form: only its type's name and a capped repr arrived. Equals nothing."""

    type_name: str
    repr: str

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<opaque {self.type_name}: {self.repr}>"


def dumps(value: object, limits: Limits | None = None, extra: Callable[..., Any] | None = None) -> str:
    """The JSON text of a value. Raises ValueRefused when it is larger or deeper than the limits.

    `extra(value, encode)` is asked about values without a plain form; it returns the JSON or None.
    """
    encoder = Encoder(limits or Limits(), extra)
    text = json.dumps(encoder.encode(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    if len(text) > encoder.limits.max_bytes:
        raise ValueRefused(
            f"value of {len(text)} bytes of JSON; at most {encoder.limits.max_bytes} are allowed"
        )
    return text


def loads(text: str, limits: Limits | None = None, extra: Extra | None = None) -> Any:
    """The value of a JSON text. Raises ValueRefused when the text is not one that `dumps` could have made."""
    limits = limits or Limits()
    if len(text) > limits.max_bytes:
        raise ValueRefused(f"value of {len(text)} bytes of JSON; at most {limits.max_bytes} are allowed")
    try:
        raw = text.encode("utf-8")
        # A dict entry or a tagged scalar is two or three JSON elements a node.
        tree = parse_json(raw, max_depth=limits.max_depth + 2, max_tokens=3 * limits.max_nodes)
    except (FrameError, UnicodeError) as error:
        raise ValueRefused(str(error)) from None
    return _Decoder(limits, extra or {}).decode(tree)


class _Decoder:
    def __init__(self, limits: Limits, extra: Extra) -> None:
        self._limits = limits
        self._extra = extra
        self._depth = 0
        self._nodes = 0

    def decode(self, tree: Any) -> Any:
        self._nodes += 1
        if self._nodes > self._limits.max_nodes:
            raise ValueRefused(f"value of more than {self._limits.max_nodes} parts")
        if tree is None or isinstance(tree, (bool, int, float, str)):
            return tree
        if not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
            raise ValueRefused("value is not tagged JSON")
        self._depth += 1
        if self._depth > self._limits.max_depth:
            raise ValueRefused(f"value nested deeper than {self._limits.max_depth} levels")
        try:
            if tree[0] in self._extra:
                return self._extra[tree[0]](tree, self.decode)
            return self._decode_tagged(tree)
        except (TypeError, ValueError, ArithmeticError, InvalidOperation, binascii.Error) as error:
            raise ValueRefused(f"malformed {tree[0][:20]!r}: {type(error).__name__}") from None
        finally:
            self._depth -= 1

    def _decode_tagged(self, tree: list[Any]) -> Any:
        decode = self.decode
        match tree:
            case ["list", *items]:
                return [decode(item) for item in items]
            case ["tuple", *items]:
                return tuple([decode(item) for item in items])
            case ["dict", *items] if len(items) % 2 == 0:
                decoded = [decode(item) for item in items]
                return dict(zip(decoded[::2], decoded[1::2], strict=True))
            case ["set", *items]:
                return {decode(item) for item in items}
            case ["frozenset", *items]:
                return frozenset([decode(item) for item in items])
            case ["bytes", str(text)]:
                return base64.b64decode(text, validate=True)
            case ["text", str(text)]:
                return base64.b64decode(text, validate=True).decode("utf-8", "surrogatepass")
            case ["int", str(text)] if len(text) <= self._limits.max_int_bits // 4 + 4:
                return int(text, 16)
            case ["float", ("nan" | "inf" | "-inf") as text]:
                return float(text)
            case ["complex", real, imaginary]:
                return complex(_number(decode(real)), _number(decode(imaginary)))
            case ["decimal", str(text)]:
                return _decimal(text)
            case ["fraction", numerator, denominator]:
                return Fraction(_integer(decode(numerator)), _integer(decode(denominator)))
            case ["uuid", str(text)] if len(text) == 32:
                return uuid.UUID(hex=text)
            case ["opaque", str(type_name), str(text)]:
                return Opaque(type_name[:200], text[:2000])
            case _:
                return _decode_time(tree)


def _decode_time(tree: list[Any]) -> Any:
    kind, *parts = tree
    if any(part is not None and type(part) is not int for part in parts):
        raise ValueRefused(f"malformed {kind[:20]!r}")
    match kind, parts:
        case "datetime", [year, month, day, hour, minute, second, micro, fold, offset]:
            return dt.datetime(year, month, day, hour, minute, second, micro, _zone(offset), fold=fold)
        case "date", [year, month, day]:
            return dt.date(year, month, day)
        case "time", [hour, minute, second, micro, fold, offset]:
            return dt.time(hour, minute, second, micro, _zone(offset), fold=fold)
        case "timedelta", [days, seconds, microseconds]:
            return dt.timedelta(days, seconds, microseconds)
    raise ValueRefused(f"unknown kind of value {kind[:20]!r}")


def _zone(offset_us: int | None) -> dt.timezone | None:
    if offset_us is None:
        return None
    return dt.timezone(dt.timedelta(microseconds=offset_us)) if offset_us else dt.UTC


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if value.is_finite() and abs(value.adjusted()) > MAX_DECIMAL_EXPONENT:
        raise ValueRefused(f"decimal with an exponent beyond {MAX_DECIMAL_EXPONENT}")
    if value.is_snan():
        raise ValueRefused("a signaling NaN, with which no comparison is possible")
    return value


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise ValueRefused("not an integer")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise ValueRefused("not a number")
    return float(value)
