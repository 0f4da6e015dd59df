"""What candidate code can do to a test, as exceptions.

* `CandidateFault`: the candidate's process crashed, hung or ran out of memory. Not an `Exception`, so that
  `pytest.raises(Exception)` or a broad `except` in a test cannot swallow it. It becomes the test's outcome.
* `CandidateException`: candidate code raised something that is no built-in type. It is also a subclass of
  the nearest built-in exception, so `pytest.raises(ValueError)` catches a candidate's own subclass of it.
"""

from __future__ import annotations

import builtins
from functools import cache
from typing import Any, ClassVar

import pytest

from takehome_wire.exceptions import ExceptionData

# Raised as themselves these would stop pytest or be taken for its own signals.
# A StopIteration would end a `map` or a generator of the test early, without a word.
_NEVER_RAISED = (KeyboardInterrupt, GeneratorExit, StopIteration, StopAsyncIteration)

# pytest and traceback read these from exceptions of their own; text of the candidate must not get there.
_NEVER_COPIED = {"msg", "type_name", "mro_names", "text", "attributes", "filename", "lineno", "offset"}


class CandidateFault(pytest.fail.Exception):  # type: ignore[name-defined,misc]
    """The candidate's process did not live to answer. `outcome` is the test's outcome.

    It derives from pytest's own failure because pytest remembers only those (and `Exception`s) when a
    shared fixture raises: every test that needs the fixture gets this outcome without a second run.
    """

    outcome: ClassVar[str] = "crashed"

    def __init__(self, message: str) -> None:
        super().__init__(message, pytrace=True)


class CandidateCrashed(CandidateFault):
    """It exited, was ended by a signal, or its container is gone."""


class CandidateTimedOut(CandidateFault):
    """It did not finish before the deadline."""

    outcome = "timed_out"


class CandidateOutOfMemory(CandidateFault):
    """The kernel ended it at its memory limit."""

    outcome = "out_of_memory"


class CandidateValueRefused(CandidateFault):
    """It returned a value beyond the limits (size, depth, number of parts)."""

    outcome = "failed"


class CandidateException(BaseException):
    """An exception of a type that only the candidate has.

    Attributes: `type_name` ("pkg.mod.Name"), `mro_names` (names of its base classes, itself first), `args`,
    `text` (its `str()`), `attributes` (what it keeps in its `__dict__`).
    """

    type_name: str
    mro_names: tuple[str, ...]
    text: str
    attributes: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.type_name}: {self.text}" if self.text else self.type_name


def build_exception(data: ExceptionData) -> BaseException:
    """The exception to raise in the judge for one that was raised on the candidate's side."""
    base: type[BaseException] = getattr(builtins, data.builtin_name)
    # Formatting a SyntaxError reads its arguments, which the candidate chose.
    if data.is_builtin and not issubclass(base, (*_NEVER_RAISED, SyntaxError)):
        try:
            error = base(*data.args)
        except Exception:  # arguments that the real constructor would not take
            pass
        else:
            error.__dict__.update(
                (name, value)
                for name, value in data.attributes.items()
                if not name.startswith("_") and name not in _NEVER_COPIED
            )
            return error
    kind = _exception_class(data.builtin_name)
    try:
        mixed = kind.__new__(kind, *data.args)
        mixed.args = data.args
    except Exception:
        mixed = kind.__new__(kind)
    mixed.type_name, mixed.mro_names, mixed.text = data.type_name, data.mro_names, data.text
    mixed.attributes = data.attributes
    return mixed


@cache
def _exception_class(builtin_name: str) -> type[CandidateException]:
    base = getattr(builtins, builtin_name)
    bases: tuple[type, ...] = (CandidateException, base)
    if issubclass(base, SyntaxError):
        bases = (CandidateException, Exception)
    elif issubclass(base, (KeyboardInterrupt, GeneratorExit)) or base is BaseException:
        bases = (CandidateException,)
    elif issubclass(base, _NEVER_RAISED):
        bases = (CandidateException, Exception)
    try:
        return type("CandidateException", bases, {"__module__": __name__})
    except TypeError:  # two built-ins whose layouts do not mix
        return type("CandidateException", (CandidateException, Exception), {"__module__": __name__})
