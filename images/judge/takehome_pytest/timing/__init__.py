"""Timing candidate solutions beside a reference: what drivers are made of, and the judge's part of a run.

A *driver* is a Python file among the hidden tests that says how one task of a certain size is posed and how
its answer is checked. Its functions depend on the kind that the manifest gives:

``calls``
    ``arguments(rng, size) -> tuple`` gives the arguments of one call of the manifest's target. Optional:
    ``check(args, result)`` raises AssertionError; without it a result has to equal the reference's.
``program``
    ``run(solution, rng, size) -> Completed | Timed`` poses the task to a program, waits, checks the answer.
``requests``
    ``serve(solution) -> Service`` starts the service; ``requests(rng, size) -> list[Request]`` are sent one
    after the other. Optional: ``fill(service, rng, size)`` once before, whose result is then the third
    argument of ``requests`` (the ids that this service gave, say), and ``check(request, response)``.

`rng` is a ``random.Random`` that gives both sides the same inputs and every pair others; `size` is a number
of whatever the task consists of.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from takehome_pytest.completed import Completed

__all__ = ["Request", "Timed"]


@dataclass(frozen=True)
class Request:
    """One HTTP request of a closed loop."""

    method: str
    path: str
    body: bytes | str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Timed:
    """A finished program, and the wall seconds below which no solution can be."""

    completed: Completed
    ideal_s: float
