"""What a collected suite consists of: tests with their group, cap and unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from _pytest.fixtures import FixtureDef

_SHARED_SCOPES = ("class", "module", "package")


class SuiteProblem(Exception):
    """The suite is not one that can be graded (an author fault)."""


def describe_tests(items: Sequence[pytest.Item]) -> list[dict[str, Any]]:
    """The `tests` of the `collected` frame. Raises SuiteProblem."""
    for item in items:
        if unknown := _unknown_fixtures(item):
            raise SuiteProblem(f"{item.nodeid} asks for fixtures that there are not: {', '.join(unknown)}")
    ids = [item.nodeid for item in items]
    twice = sorted({name for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise SuiteProblem(f"these test ids occur twice: {', '.join(twice[:5])}")
    return [
        {"id": item.nodeid, "group": _group(item), "unit": unit, "critical": _critical(item)}
        for item, unit in zip(items, unit_names(items), strict=True)
    ]


def _unknown_fixtures(item: pytest.Item) -> list[str]:
    """Without this pytest would find out in the test's setup, when it would count against the candidate."""
    info = getattr(item, "_fixtureinfo", None)
    if info is None:
        return []
    given = {"request", *getattr(getattr(item, "callspec", None), "params", ())}
    return [name for name in info.names_closure if name not in info.name2fixturedefs and name not in given]


def unit_names(items: Sequence[pytest.Item]) -> list[str]:
    """The name of each test's unit, `file.py#1`: tests that share a fixture of class to package scope."""
    leaders = list(range(len(items)))

    def find(index: int) -> int:
        while leaders[index] != index:
            leaders[index] = leaders[leaders[index]]
            index = leaders[index]
        return index

    first_user: dict[tuple[int, int], int] = {}
    for index, item in enumerate(items):
        for key in _shared_fixtures(item):
            leader = find(first_user.setdefault(key, index))
            leaders[find(index)] = leader
    names: dict[int, str] = {}
    counters: dict[str, int] = {}
    for index, item in enumerate(items):
        leader = find(index)
        if leader not in names:
            file = item.nodeid.partition("::")[0]
            counters[file] = counters.get(file, 0) + 1
            names[leader] = f"{file}#{counters[file]}"
    return [names[find(index)] for index in range(len(items))]


def _shared_fixtures(item: pytest.Item) -> list[tuple[int, int]]:
    """(fixture, node it lives in) of every fixture that this test may share with another."""
    info = getattr(item, "_fixtureinfo", None)
    if info is None:
        return []
    keys: list[tuple[int, int]] = []
    for name in info.names_closure:
        definitions: Sequence[FixtureDef[Any]] = info.name2fixturedefs.get(name, ())
        for definition in definitions:
            node = _scope_node(item, definition.scope)
            if definition.scope in _SHARED_SCOPES and node is not None:
                keys.append((id(definition), id(node)))
    return keys


def _scope_node(item: pytest.Item, scope: str) -> pytest.Collector | None:
    if scope == "class":
        return item.getparent(pytest.Class)
    if scope == "package":
        return item.getparent(pytest.Package) or item.session
    return item.getparent(pytest.Module)


def _group(item: pytest.Item) -> str | None:
    names = {str(marker.args[0]) for marker in item.iter_markers("group") if marker.args}
    return names.pop() if len(names) == 1 else None


def _critical(item: pytest.Item) -> int | None:
    caps: list[int] = []
    for marker in item.iter_markers("critical"):
        cap = marker.kwargs.get("cap", marker.args[0] if marker.args else None)
        if type(cap) is not int or not 0 <= cap <= 100:
            raise SuiteProblem(f"{item.nodeid}: critical needs cap=0 to 100, got {cap!r}")
        caps.append(cap)
    return min(caps, default=None)
