"""The encoding half of the value format, safe to run beside hostile objects.

Only `type(value)` and the methods of the built-in base class are used, never what a subclass overrides: a
`str` whose `__eq__` or `__len__` lies arrives as the plain characters it holds.
"""

from __future__ import annotations

import base64
import datetime as dt
import enum
import itertools
import math
import numbers
import operator
import pathlib
import sys
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from takehome_wire.limits import MAX_DECIMAL_EXPONENT, Limits, ValueRefused

_SMALL_INT = 1 << 63
_WHOLE = slice(None)


class Encoder:
    """Turns one value into the JSON tree of the value format, counting as it goes."""

    def __init__(self, limits: Limits, extra: Callable[..., Any] | None = None) -> None:
        self.limits = limits
        self._extra = extra
        self._depth = 0
        self._nodes = 0
        self._bytes = 0
        self._as_key = False

    def encode(self, value: object) -> Any:
        """The tree of a value. Raises ValueRefused beyond the limits."""
        self._nodes += 1
        if self._nodes > self.limits.max_nodes:
            raise ValueRefused(f"value of more than {self.limits.max_nodes} parts")
        kind = type(value)
        if kind is int or kind is str or kind is float:
            return self._scalar(value, kind)
        if value is None or kind is bool:
            return value
        self._depth += 1
        if self._depth > self.limits.max_depth:
            raise ValueRefused(f"value nested deeper than {self.limits.max_depth} levels")
        try:
            return self._compound(value, kind)
        finally:
            self._depth -= 1

    def _scalar(self, value: Any, base: type) -> Any:
        if base is int:
            number = int.__index__(value)
            if -_SMALL_INT < number < _SMALL_INT:
                return number
            if number.bit_length() > self.limits.max_int_bits:
                raise ValueRefused(f"integer of {number.bit_length()} bits")
            self._charge(number.bit_length() // 4)
            return ["int", format(number, "x")]
        if base is float:
            real = float.__float__(value)
            if math.isfinite(real):
                return real
            return ["float", "nan" if math.isnan(real) else "inf" if real > 0 else "-inf"]
        text = str.__str__(value)
        self._charge(len(text))
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return ["text", _base64(text.encode("utf-8", "surrogatepass"))]
        return text

    def _compound(self, value: Any, kind: type) -> Any:
        """A container, or a scalar that needs a tag or hides in a subclass."""
        if issubclass(kind, enum.Enum):
            return self.encode(object.__getattribute__(value, "_value_"))
        for base in (str, int, float):
            if issubclass(kind, base):
                return self._scalar(value, base)
        if issubclass(kind, tuple):
            return self._many("tuple", tuple.__iter__(value))
        if issubclass(kind, frozenset):
            return self._many("frozenset", frozenset.__iter__(value), as_key=True)
        if issubclass(kind, bytes):
            return self._binary(bytes.__getitem__(value, _WHOLE))
        if not self._as_key:
            # What follows cannot be hashed where it arrives, so as a key it is opaque.
            if issubclass(kind, list):
                return self._many("list", list.__iter__(value))
            if issubclass(kind, dict):
                return self._dict(_dict_items(value, kind))
            if issubclass(kind, set):
                return self._many("set", set.__iter__(value), as_key=True)
            fields = getattr(kind, "__dataclass_fields__", None)
            if type(fields) is dict:
                return self._dict((name, _attribute(value, name)) for name in fields)
        if issubclass(kind, bytearray):
            return self._binary(bytes(bytearray.__getitem__(value, _WHOLE)))
        if kind is memoryview:
            return self._binary(value.tobytes())
        return self._library_value(value, kind)

    def _library_value(self, value: Any, kind: type) -> Any:
        if issubclass(kind, Decimal):
            return self._decimal(value, kind)
        if issubclass(kind, dt.datetime):
            return [*_fields("datetime", dt.datetime, value), *_fold_and_offset(dt.datetime, value)]
        if issubclass(kind, dt.date):
            return _fields("date", dt.date, value)
        if issubclass(kind, dt.time):
            return [*_fields("time", dt.time, value), *_fold_and_offset(dt.time, value)]
        if issubclass(kind, dt.timedelta):
            return _fields("timedelta", dt.timedelta, value)
        if issubclass(kind, complex):
            real, imaginary = (getattr(complex, part).__get__(value) for part in ("real", "imag"))
            return ["complex", self.encode(real), self.encode(imaginary)]
        if issubclass(kind, Fraction):
            return [
                "fraction",
                *(self.encode(_attribute(value, f"_{part}ator")) for part in ("numer", "denomin")),
            ]
        if issubclass(kind, uuid.UUID):
            return ["uuid", format(_attribute(value, "int") & ((1 << 128) - 1), "032x")]
        if issubclass(kind, pathlib.PurePath):
            return self._scalar(pathlib.PurePath.__str__(value), str)
        if self._extra is not None and (tree := self._extra(value, self.encode)) is not None:
            return tree
        numpy = sys.modules.get("numpy")
        if numpy is not None and issubclass(kind, numpy.generic):
            item = numpy.generic.item(value)
            if not isinstance(item, numpy.generic):
                return self.encode(item)
        elif issubclass(kind, numbers.Integral):
            return self._scalar(operator.index(value), int)
        return self._opaque(value, kind)

    def _many(self, tag: str, items: Iterable[Any], *, as_key: bool | None = None) -> list[Any]:
        outer = self._as_key
        self._as_key = outer or bool(as_key)
        room = self.limits.max_nodes - self._nodes + 1
        try:
            # islice: a list that another thread keeps growing must not keep us here.
            return [tag, *[self.encode(item) for item in itertools.islice(items, room)]]
        finally:
            self._as_key = outer

    def _dict(self, items: Iterable[tuple[Any, Any]]) -> list[Any]:
        tree: list[Any] = ["dict"]
        outer = self._as_key
        for key, value in items:
            self._as_key = True
            try:
                tree.append(self.encode(key))
            finally:
                self._as_key = outer
            tree.append(self.encode(value))
        return tree

    def _binary(self, data: bytes) -> list[Any]:
        self._charge(len(data) * 4 // 3)
        return ["bytes", _base64(data)]

    def _decimal(self, value: Decimal, kind: type) -> Any:
        finite = Decimal.is_finite(value)
        if (finite and abs(Decimal.adjusted(value)) > MAX_DECIMAL_EXPONENT) or Decimal.is_snan(value):
            return self._opaque(value, kind)
        text = Decimal.__str__(value)
        self._charge(len(text))
        return ["decimal", text]

    def _opaque(self, value: object, kind: type) -> list[Any]:
        text = capped_repr(value, self.limits.max_repr_chars)
        self._charge(len(text) + 100)
        return ["opaque", type_name(kind), text]

    def _charge(self, size: int) -> None:
        self._bytes += size
        if self._bytes > self.limits.max_bytes:
            raise ValueRefused(f"value of more than {self.limits.max_bytes} bytes")


def type_name(kind: type) -> str:
    """`module.QualName` of a class, plain text of at most 200 characters."""
    module = type.__getattribute__(kind, "__module__")
    qualname = type.__getattribute__(kind, "__qualname__")
    if not isinstance(module, str) or module == "builtins":
        return clean(qualname, 200)
    return clean(f"{str.__str__(module)}.{str.__str__(qualname)}", 200)


def capped_repr(value: object, max_chars: int) -> str:
    """`repr(value)`, whatever it does: capped, and a note in place of what it raises."""
    try:
        text = repr(value)
        return clean(str.__str__(text), max_chars)
    except Exception as error:
        return f"<repr raised {type_name(type(error))}>"


def clean(text: str, max_chars: int) -> str:
    """`text` without lone surrogates (they are not UTF-8), at most `max_chars` long."""
    if len(text) > max_chars:
        text = text[: max_chars - 1] + "…"
    return text.encode("utf-8", "replace").decode("utf-8")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _attribute(value: object, name: str) -> Any:
    return object.__getattribute__(value, name)


def _dict_items(value: Any, kind: type) -> Iterable[tuple[Any, Any]]:
    if not issubclass(kind, OrderedDict):
        return dict.items(value)
    # dict.items() of an OrderedDict does not follow move_to_end().
    by_identity = {id(key): (key, item) for key, item in dict.items(value)}
    return [by_identity[id(key)] for key in OrderedDict.__iter__(value) if id(key) in by_identity]


_FIELDS = {
    "datetime": ("year", "month", "day", "hour", "minute", "second", "microsecond"),
    "date": ("year", "month", "day"),
    "time": ("hour", "minute", "second", "microsecond"),
    "timedelta": ("days", "seconds", "microseconds"),
}


def _fields(tag: str, base: Any, value: object) -> list[Any]:
    return [tag, *(getattr(base, name).__get__(value) for name in _FIELDS[tag])]


def _fold_and_offset(base: Any, value: Any) -> list[int | None]:
    fold = base.fold.__get__(value)
    try:
        offset = base.utcoffset(value)
    except Exception:
        offset = None  # a tzinfo of the candidate's own that cannot tell
    if offset is None:
        return [fold, None]
    return [fold, offset // dt.timedelta(microseconds=1)]
