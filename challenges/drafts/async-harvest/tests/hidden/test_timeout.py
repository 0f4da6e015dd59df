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
    closed_gate,
    exchanges_of,
    finish,
    rng_for,
    run_harvest,
    start,
)

pytestmark = pytest.mark.group("timeout")

TIMEOUT_S = 2.0
DRIP_INTERVAL_S = 0.25
DRIP_S = 10.0
CUT_BY_S = 7.0
"""Far from both: the timeout is 2 s, the last byte would come after 10 s."""

DEADLINES_S = (4.0, 20.0)
"""The second one when, on a very busy machine, the first was over before the quick answers were read."""

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


def drip(exchange: Any, value: Any) -> None:
    """A good answer, a byte at a time: no single read takes long, all of it takes 10 seconds."""
    length = int(DRIP_S / DRIP_INTERVAL_S)
    exchange.drip(b'"' + b"." * (length - 2) + b'"', DRIP_INTERVAL_S, content_length=length)


@pytest.fixture(scope="module")
def slow(sandbox, make_origin, seed) -> Slow:
    """Three places, taken by slow answers twice in a row; what comes behind them is quick.

    Twice, so that the quick ones wait much longer for a place than one request may take.
    """
    site = Site(rng_for(seed, "slow"))
    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        dripping = site.entries(origin, 2, drip, name="dripping")
        silent = site.entries(origin, 4, lambda exchange, _: exchange.hang(HOLD_S), name="silent")
        quick = site.entries(origin, 8, name="quick")
        entries = dripping + silent + quick
        run = run_harvest(solution, entries, concurrency=3, per_origin=3, timeout=TIMEOUT_S)
    return Slow(run, dripping, silent, quick, origin)


def test_a_request_is_cut_off_at_its_total_time_although_bytes_keep_coming(slow: Slow) -> None:
    for entry in slow.dripping:
        exchanges = exchanges_of([slow.origin], entry)
        assert exchanges, f"no request for {entry.id}"
        assert exchanges[0].aborted, "the server could send all of a body that was too slow"
        assert exchanges[0].ended - exchanges[0].arrived < CUT_BY_S, "the connection was closed late"
    assert slow.run.statuses(slow.dripping + slow.silent) == {"timeout": len(slow.dripping + slow.silent)}


def test_the_place_of_a_request_that_timed_out_is_used_again(slow: Slow) -> None:
    # Those behind have waited longer than the timeout: waiting for a place is not part of it.
    slow.run.assert_ok(slow.quick)


# -- deadline -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deadline:
    run: Run
    quick: list[Entry]
    hanging: list[Entry]
    origin: Any
    deadline_s: float

    @property
    def is_telling(self) -> bool:
        """Whether the quick requests were done well before the deadline."""
        answered = [exchange.answered for e in self.quick for exchange in exchanges_of([self.origin], e)]
        if len(answered) < len(self.quick) or None in answered:
            return False
        return max(answered) - self.origin.log[0].arrived < self.deadline_s / 2


@pytest.fixture(scope="module")
def deadline(sandbox, make_origin, seed) -> Deadline:
    for deadline_s in DEADLINES_S:
        result = run_to_deadline(
            sandbox, make_origin, Site(rng_for(seed, f"deadline {deadline_s}")), deadline_s
        )
        if result.is_telling:
            break
    return result


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
        run = finish(solution, process, quick + hanging, 10)
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


def test_at_the_deadline_what_has_no_result_is_cancelled_and_the_rest_stays(deadline: Deadline) -> None:
    deadline.run.assert_ok(deadline.quick)
    assert deadline.run.statuses(deadline.hanging) == {"cancelled": len(deadline.hanging)}
    assert deadline.run.exit_code == 2


def test_the_deadline_closes_connections_and_no_request_starts_after_it(deadline: Deadline) -> None:
    log = deadline.origin.log
    cut = [exchange.ended for exchange in log if exchange.aborted]
    assert cut, "no request was cut off"
    assert min(cut) - log[0].arrived < deadline.deadline_s + DEADLINE_ALLOWANCE_S
    late = [exchange.path for exchange in log if exchange.arrived > min(cut)]
    assert not late, f"{len(late)} requests were started after the deadline"
    assert deadline.run.outcome == "exited", "the process outlived its deadline"
