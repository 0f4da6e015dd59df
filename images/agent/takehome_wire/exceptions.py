"""Exceptions as values: `["exception", type, nearest built-in, mro, args, text, attributes]`."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from takehome_wire.encode import clean, type_name
from takehome_wire.limits import ValueRefused

MAX_TEXT_CHARS = 2000
_MAX_MRO = 20
_MAX_ATTRIBUTES = 50


@dataclass(frozen=True)
class ExceptionData:
    """What crossed of an exception; each side builds its own object from it."""

    type_name: str
    builtin_name: str
    mro_names: tuple[str, ...]
    args: tuple[Any, ...]
    text: str
    attributes: dict[str, Any]

    @property
    def is_builtin(self) -> bool:
        """Whether the type itself is a built-in one."""
        return self.type_name == self.builtin_name


def encode_exception(error: BaseException, encode: Callable[[object], Any]) -> list[Any]:
    """The tree of an exception. Its own `args` and attributes are read through the base class."""
    kind = type(error)
    mro = type.__dict__["__mro__"].__get__(kind)  # a metaclass may have one of its own
    nearest = next(name for c in mro if getattr(builtins, name := type_name(c), None) is c)
    args = BaseException.args.__get__(error)  # type: ignore[attr-defined]
    attributes = object.__getattribute__(error, "__dict__")
    names = [n for n in dict.keys(attributes) if type(n) is str and not n.startswith("_")]
    return [
        "exception",
        type_name(kind),
        nearest,
        ["list", *[type_name(c) for c in mro[:_MAX_MRO]]],
        encode(tuple(args)),
        _text(error),
        encode({name: attributes[name] for name in names[:_MAX_ATTRIBUTES]}),
    ]


def decode_exception(tree: list[Any], decode: Callable[[Any], Any]) -> ExceptionData:
    """Check the tree of an exception. Raises ValueRefused."""
    match tree:
        case ["exception", str(name), str(nearest), ["list", *mro], args, str(text), attributes]:
            base = getattr(builtins, nearest, None)
            if not (isinstance(base, type) and issubclass(base, BaseException)):
                raise ValueRefused(f"no built-in exception is called {nearest[:20]!r}")
            decoded_args, decoded_attributes = decode(args), decode(attributes)
            named = type(decoded_attributes) is dict and all(type(name) is str for name in decoded_attributes)
            if type(decoded_args) is tuple and named:
                mro_names = tuple(str(entry)[:200] for entry in mro[:_MAX_MRO])
                text = text[:MAX_TEXT_CHARS]
                return ExceptionData(name[:200], nearest, mro_names, decoded_args, text, decoded_attributes)
    raise ValueRefused("malformed exception")


def _text(error: BaseException) -> str:
    try:
        return clean(str.__str__(str(error)), MAX_TEXT_CHARS)
    except Exception:
        return "<str() of the exception failed>"
