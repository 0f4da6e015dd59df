"""As many requests in flight as allowed, at any time, and never more: gates and pins, no clocks.

A gate is a set of answers held back until the test opens it. So "N are reached" is a number of
requests that wait before it, "never more" is what comes while it stays shut, and a pin is a gate before one
request only.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from support import (
    SETTLE_S,
    Entry,
    Run,
    Site,
    answer,
    closed_gate,
    finish,
    held,
    most_in_flight,
    rng_for,
    start,
    wait_until_quiet,
    wait_while_busy,
)

pytestmark = pytest.mark.group("concurrency")

LIMIT = 8
LINES = 60

GLOBAL, PER_ORIGIN, LINES_PER_ORIGIN = 7, 3, 12

LARGE = 150
"""The default pools of httpx and aiohttp end at 100."""

ANSWER_AFTER_S = 0.02
"""Keeps requests in flight for a moment, so that more of them than allowed can be seen."""


def soon(exchange: Any, value: Any) -> None:
    if exchange.delay(ANSWER_AFTER_S):
        answer(exchange, value)


@dataclass(frozen=True)
class Flow:
    """A run with a gate that held the first requests and was opened by the test."""

    run: Run
    at_gate: int
    most: int


# -- one origin ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window(Flow):
    answered_beside_pin: int
    """How many of the other requests were answered while one was kept back."""


@pytest.fixture(scope="module")
def window(sandbox, make_origin, seed) -> Window:
    """60 lines, 8 at a time. All wait for the gate; one of the first eight then stays pinned to the end."""
    site = Site(rng_for(seed, "window"))
    gate, pin = closed_gate(), closed_gate()
    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        entries = site.entries(origin, LINES, held(gate, then=soon))
        pinned = site.rng.randrange(LIMIT)
        entries[pinned] = site.entry(origin, "pinned", held(gate, pin))

        def answered() -> int:
            return sum(exchange.status is not None for exchange in origin.log)

        process = start(solution, entries, concurrency=LIMIT, per_origin=LIMIT)
        wait_while_busy(process, [origin], lambda: gate.waiting >= LIMIT)
        wait_until_quiet(process, [origin], SETTLE_S)
        at_gate = gate.peak
        gate.open()
        wait_while_busy(process, [origin], lambda: answered() >= LINES - 1)
        beside_pin = answered()
        pin.open()
        run = finish(solution, process, entries)
    return Window(run, at_gate, origin.max_in_flight, beside_pin)


def test_the_limit_is_reached(window: Window) -> None:
    assert window.at_gate >= LIMIT, f"only {window.at_gate} requests were in flight at once"


def test_the_limit_is_never_exceeded(window: Window) -> None:
    window.run.assert_ok(window.run.entries)
    assert window.most <= LIMIT


def test_a_free_place_is_used_at_once_while_one_request_hangs(window: Window) -> None:
    missing = LINES - 1 - window.answered_beside_pin
    assert missing == 0, f"{missing} requests waited for one that had nothing to do with them"


# -- several origins ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origins(Flow):
    most_of_each: list[int]


@pytest.fixture(scope="module")
def origins(sandbox, make_origin, seed) -> Origins:
    """Three origins, 7 requests at a time, 3 to each; the manifest names one origin after the other."""
    site = Site(rng_for(seed, "origins"))
    gate = closed_gate()
    with (
        sandbox.scenario() as solution,
        make_origin(site.handle) as first,
        make_origin(site.handle) as second,
        make_origin(site.handle) as third,
    ):
        all_three = [first, second, third]
        entries: list[Entry] = []
        for origin in all_three:
            entries += site.entries(origin, LINES_PER_ORIGIN, held(gate, then=soon))
        process = start(solution, entries, concurrency=GLOBAL, per_origin=PER_ORIGIN)
        wait_while_busy(process, all_three, lambda: gate.waiting >= GLOBAL)
        wait_until_quiet(process, all_three, SETTLE_S)
        at_gate = gate.peak
        gate.open()
        run = finish(solution, process, entries)
    most = most_in_flight(exchange for origin in all_three for exchange in origin.log)
    return Origins(run, at_gate, most, [origin.max_in_flight for origin in all_three])


def test_no_origin_gets_more_than_its_limit_and_all_together_no_more_than_theirs(origins: Origins) -> None:
    origins.run.assert_ok(origins.run.entries)
    assert max(origins.most_of_each) <= PER_ORIGIN, f"in flight at each origin: {origins.most_of_each}"
    assert origins.most <= GLOBAL


def test_lines_that_wait_for_a_busy_origin_take_no_place_from_others(origins: Origins) -> None:
    assert origins.at_gate >= GLOBAL, f"only {origins.at_gate} of {GLOBAL} places were in use"


# -- extremes -----------------------------------------------------------------------------------------


def flow_through_gate(sandbox, make_origin, site: Site, lines: int, concurrency: int) -> Flow:
    """All requests wait until as many are in flight as can be, and a moment longer."""
    gate = closed_gate()
    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        entries = site.entries(origin, lines, held(gate))
        process = start(solution, entries, concurrency=concurrency, per_origin=concurrency)
        wait_while_busy(process, [origin], lambda: gate.waiting >= min(lines, concurrency))
        wait_until_quiet(process, [origin], SETTLE_S)
        at_gate = gate.peak
        gate.open()
        run = finish(solution, process, entries)
    return Flow(run, at_gate, origin.max_in_flight)


def test_a_limit_of_one_is_kept(sandbox, make_origin, seed) -> None:
    flow = flow_through_gate(sandbox, make_origin, Site(rng_for(seed, "one")), 5, 1)
    flow.run.assert_ok(flow.run.entries)
    assert flow.most == 1


def test_a_limit_above_the_number_of_lines_starts_all_of_them(sandbox, make_origin, seed) -> None:
    flow = flow_through_gate(sandbox, make_origin, Site(rng_for(seed, "few")), 6, 64)
    flow.run.assert_ok(flow.run.entries)
    assert flow.at_gate == 6


def test_a_limit_of_150_is_really_reached(sandbox, make_origin, seed) -> None:
    flow = flow_through_gate(sandbox, make_origin, Site(rng_for(seed, "large")), LARGE + 10, LARGE)
    assert flow.at_gate >= LARGE, f"only {flow.at_gate} requests were in flight at once"
    flow.run.assert_ok(flow.run.entries)
