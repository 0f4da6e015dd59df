"""The mark of the hidden files: written into each of them, and looked for in all that leaves or arrives.

One judge has one suite, so there is one mark in a process. A local run has none.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

__all__ = ["HiddenLeak", "Tail", "arrives", "belongs_in", "install", "leaves", "notes", "sign"]

_LEAK = "hidden_leak"
_SEEN = "canary_seen"
_DETAILS = {
    _LEAK: "a hidden test was about to send hidden bytes to the candidate",
    _SEEN: "hidden bytes were in what the candidate sent",
}


class HiddenLeak(Exception):
    """A hidden test would have shown hidden bytes to the candidate: a fault of the suite."""


_mark = b""
_lock = threading.Lock()
_found: Counter[str] = Counter()


def install(mark: str) -> None:
    """Look for this mark from now on."""
    global _mark
    _mark = mark.encode("ascii")
    with _lock:
        _found.clear()


def belongs_in(name: str) -> bool:
    """Whether a file of the suite is marked: those of tests. A suite may hand others over."""
    file = name.rpartition("/")[2]
    return file.endswith(".py") and (file.startswith("test_") or file.endswith("_test.py"))


def sign(source: bytes) -> bytes:
    """A Python file with the mark in a comment at its end; no line gets another number."""
    return source + b"\n# " + _mark + b"\n" if _mark else source


def leaves(data: bytes | bytearray | memoryview) -> None:
    """Check bytes before they go to the candidate. Raises HiddenLeak."""
    if _mark and _mark in bytes(data):
        _note(_LEAK)
        raise HiddenLeak(_DETAILS[_LEAK])


def arrives(data: bytes | bytearray) -> None:
    """Take note when bytes of the candidate hold the mark."""
    if _mark and _mark in data:
        _note(_SEEN)


class Tail:
    """Looks for the mark in a stream that arrives in pieces."""

    def __init__(self) -> None:
        self._end = b""

    def feed(self, data: bytes) -> None:
        """The next piece."""
        if not _mark:
            return
        arrives(self._end + data)
        self._end = (self._end + data)[-(len(_mark) - 1) :]


def notes() -> list[dict[str, Any]]:
    """What was found since the last time, as integrity notes."""
    with _lock:
        found = dict(_found)
        _found.clear()
    return [{"kind": kind, "detail": _DETAILS[kind]} for kind in found]


def _note(kind: str) -> None:
    with _lock:
        _found[kind] += 1
