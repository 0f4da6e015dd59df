"""Total timeout and deadline end requests, close connections and free places."""

import time
from dataclasses import dataclass
from typing import Any

import pytest
from support import (
    FIRST_CONTACT_S,
    HOLD_S,
    POLL_S,
    Entry,
    Run,
    Site,
    assert_for_one,
    closed_gate,
    exchanges_of,
    finish,
    rng_for,
    run_until_right,
    start,
    wait_while_busy,
)

pytestmark = pytest.mark.group("timeout")

TIMEOUTS_S = (2.0, 8.0)
"""The second one when the first run was not right: on a very busy machine a first connect takes seconds."""

DRIP_INTERVAL_S = 0.25
DRIP_LONGER_S = 8.0
CUT_LATER_S = 5.0
"""Far from both: a body takes 8 s longer than its time, its connection is closed within 5 s after it."""

SLOW_ENDS_LATER_S = 15.0
"""From the first request: twice its timeout and so much, for a few quick ones."""

DEADLINES_S = (4.0, 20.0)
"""The second one when the first run was not right: a harvest may start this clock before its first connect,
and on a very busy machine its preparations then use up the first one."""

DEADLINE_ALLOWANCE_S = 6.0
GRACE_S = 1.5
"""After the first request was cut off: time for what should not come."""


# -- timeout ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slow:
    run: Run
    dripping: list[Entry]
    silent: list[Entry]
    quick: list[Entry]
    origin: Any
    timeout_s: float

    def assert_cut_off(self) -> None:
        for entry in self.dripping:
            exchanges = exchanges_of([self.origin], entry)
            assert exchanges, f"no request for {entry.id}"
            assert exchanges[0].aborted, "the server could send all of a body that was too slow"
            took_s = exchanges[0].ended - exchanges[0].arrived
            assert took_s < self.timeout_s + CUT_LATER_S, "the connection was closed late"
        slow = self.dripping + self.silent
        assert self.run.statuses(slow) == {"timeout": len(slow)}
        assert self.run.exit_code == 2, "some lines are not ok"

    def assert_places_used_again(self) -> None:
        self.run.assert_ok(self.quick)


@pytest.fixture(scope="module")
def slow(sandbox, make_origin, seed) -> list[Slow]:
    sites = ((Site(rng_for(seed, f"slow {timeout_s}")), timeout_s) for timeout_s in TIMEOUTS_S)
    runs = (run_slow(sandbox, make_origin, site, timeout_s) for site, timeout_s in sites)
    return run_until_right(runs, Slow.assert_cut_off, Slow.assert_places_used_again)


def run_slow(sandbox: Any, make_origin: Any, site: Site, timeout_s: float) -> Slow:
    """Three places, taken by slow answers twice in a row; what comes behind them is quick.

    Twice, so that the quick ones wait much longer for a place than one request may take.
    """
    chunks = int((timeout_s + DRIP_LONGER_S) / DRIP_INTERVAL_S)

    def drip(exchange: Any, value: Any) -> None:
        # A good answer, a byte at a time: no single read takes long.
        exchange.drip(b'"' + b"." * (chunks - 2) + b'"', DRIP_INTERVAL_S)

    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        dripping = site.entries(origin, 2, drip, name="dripping")
        silent = site.entries(origin, 4, lambda exchange, _: exchange.hang(HOLD_S), name="silent")
        quick = site.entries(origin, 8, name="quick")
        entries = dripping + silent + quick
        process = start(solution, entries, concurrency=3, per_origin=3, timeout=timeout_s)
        wait_while_busy(process, [origin], lambda: len(origin.log) > 0)
        run = finish(solution, process, entries, 2 * timeout_s + SLOW_ENDS_LATER_S)
    return Slow(run, dripping, silent, quick, origin, timeout_s)


def test_a_request_is_cut_off_at_its_total_time_although_bytes_keep_coming(slow: list[Slow]) -> None:
    assert_for_one(slow, Slow.assert_cut_off)


def test_the_place_of_a_request_that_timed_out_is_used_again(slow: list[Slow]) -> None:
    # Those behind have waited longer than the timeout: waiting for a place is not part of it.
    assert_for_one(slow, Slow.assert_places_used_again)


# -- deadline -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deadline:
    run: Run
    quick: list[Entry]
    hanging: list[Entry]
    origin: Any
    deadline_s: float

    def assert_rest_cancelled(self) -> None:
        self.run.assert_ok(self.quick)
        assert self.run.statuses(self.hanging) == {"cancelled": len(self.hanging)}
        assert self.run.exit_code == 2

    def assert_nothing_goes_on(self) -> None:
        log = self.origin.log
        cut = [exchange.ended for exchange in log if exchange.aborted]
        assert cut, "no request was cut off"
        assert min(cut) - log[0].arrived < self.deadline_s + DEADLINE_ALLOWANCE_S
        late = [exchange.path for exchange in log if exchange.arrived > min(cut)]
        assert not late, f"{len(late)} requests were started after the deadline"
        assert self.run.outcome == "exited", "the process outlived its deadline"


@pytest.fixture(scope="module")
def deadline(sandbox, make_origin, seed) -> list[Deadline]:
    sites = ((Site(rng_for(seed, f"deadline {deadline_s}")), deadline_s) for deadline_s in DEADLINES_S)
    runs = (run_to_deadline(sandbox, make_origin, site, deadline_s) for site, deadline_s in sites)
    return run_until_right(runs, Deadline.assert_rest_cancelled, Deadline.assert_nothing_goes_on)


def run_to_deadline(sandbox: Any, make_origin: Any, site: Site, deadline_s: float) -> Deadline:
    """Three quick answers, then nothing but requests that hang, four at a time and eight more in line.

    With every place taken by a request that hangs, no request can rightly start after the third answer but
    those four. Once the first has been cut off and a moment has passed, the others are answered, so that a
    harvest that goes on comes to its end.
    """
    released = closed_gate()

    def hang(exchange: Any, value: Any) -> None:
        if exchange.hold(released, HOLD_S):
            exchange.reply(json=value)

    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        quick = site.entries(origin, 3, name="quick")
        hanging = site.entries(origin, 12, hang, name="hanging")
        process = start(solution, quick + hanging, deadline=deadline_s)
        wait_for_cut(process, origin, deadline_s)
        released.open()
        run = finish(solution, process, quick + hanging)
    return Deadline(run, quick, hanging, origin, deadline_s)


def wait_for_cut(process: Any, origin: Any, deadline_s: float) -> None:
    """Until the process has ended, or some time after its first request was cut off, or should have been."""
    limit = time.monotonic() + FIRST_CONTACT_S
    contact = cut = False
    while process.running and time.monotonic() < limit:
        if not contact and origin.log:
            contact = True
            limit = time.monotonic() + deadline_s + DEADLINE_ALLOWANCE_S
        if not cut and origin.aborted:
            cut = True
            limit = time.monotonic() + GRACE_S
        time.sleep(POLL_S)


def test_at_the_deadline_what_has_no_result_is_cancelled_and_the_rest_stays(deadline: list[Deadline]) -> None:
    assert_for_one(deadline, Deadline.assert_rest_cancelled)


def test_the_deadline_closes_connections_and_no_request_starts_after_it(deadline: list[Deadline]) -> None:
    assert_for_one(deadline, Deadline.assert_nothing_goes_on)
