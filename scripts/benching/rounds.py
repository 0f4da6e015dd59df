"""Rounds: every way has its turn in each, in an order that is drawn anew."""

import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from benching.figures import Turn
from benching.suites import Submission, Unfit, complaints
from benching.ways import Graded, Way

SETTLE_S = 0.5
"""The engine still cleans up after a container that is gone; that is charged to whose it was."""


class Accounts(Protocol):
    """What is counted around a turn; the figures only grow."""

    def containers_cpu_s(self) -> float: ...

    def machine_cpu_s(self) -> float: ...


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    suite: str
    sealed: Mapping[str, str]
    submissions: Sequence[Submission]
    warm_ups: Sequence[Submission]
    """What a way may grade before those that count."""

    ways: Mapping[str, Way]
    rounds: int
    seed: int


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def checked(plan: Plan, way: str, graded: Graded) -> Graded:
    """`graded`, if every grading in it found what it should. Raises Unfit otherwise."""
    before = [one for one in plan.warm_ups if one.name in graded.outcomes]
    found = complaints(plan.sealed, [*before, *plan.submissions], graded.outcomes)
    found = found or [f"{one.name}: not timed" for one in plan.submissions if one.name not in graded.walls]
    if found:
        raise Unfit(f"{plan.suite}, {way}: " + "; ".join(found[:5]))
    return graded


def measure(plan: Plan, accounts: Accounts, settle_s: float = SETTLE_S) -> list[Turn]:
    """All turns. Raises Unfit at the first grading that is not what it should be."""
    draw = random.Random(plan.seed)
    turns: list[Turn] = []
    begun = time.monotonic()
    for round_ in range(1, plan.rounds + 1):
        order = list(plan.ways)
        draw.shuffle(order)
        for way in order:
            turns.append(_turn(plan, accounts, way, round_, settle_s))
            say(f"{plan.suite}, round {round_} of {plan.rounds}: {way} took {turns[-1].elapsed_s:.1f} s")
        left_s = (time.monotonic() - begun) / round_ * (plan.rounds - round_)
        if left_s:
            say(f"{plan.suite}: about {left_s / 60:.0f} min left")
    return turns


def _turn(plan: Plan, accounts: Accounts, way: str, round_: int, settle_s: float) -> Turn:
    containers, machine = accounts.containers_cpu_s(), accounts.machine_cpu_s()
    begun = time.monotonic()
    graded = checked(plan, way, plan.ways[way]())
    elapsed_s = time.monotonic() - begun
    time.sleep(settle_s)
    return Turn(
        way=way,
        round=round_,
        walls={one.name: graded.walls[one.name] for one in plan.submissions},
        elapsed_s=elapsed_s,
        gradings=graded.gradings,
        cpu_s=graded.cpu_s + accounts.containers_cpu_s() - containers,
        machine_cpu_s=accounts.machine_cpu_s() - machine,
        reported=graded.reported,
    )


def warm_up(plan: Plan, peak: Callable[[Way], tuple[Graded, int]]) -> dict[str, int]:
    """Each way once, for caches to fill and to see its peak of memory, bytes; nothing is timed."""
    found = {}
    for way, grade in plan.ways.items():
        graded, found[way] = peak(grade)
        checked(plan, way, graded)
        say(f"{plan.suite}, warming up: {way} held {found[way] / (1 << 20):.0f} MiB")
    return found
