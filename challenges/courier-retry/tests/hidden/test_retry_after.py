"""A valid Retry-After is a lower bound on the wait; anything else is as if it were absent.

The drawn waits are below 10 ms here, so each wait that is seen comes from the header.
"""

import itertools
import time
from email.utils import formatdate
from typing import Any

import pytest
from support import TIMER_SLACK_S, Plan, Run, make_events, policy, reply, rng_for, run_courier

pytestmark = pytest.mark.group("retry-after")

SECONDS = {"seconds-1": (503, 1), "seconds-2": (429, 2), "seconds-1-again": (429, 1)}
DATES = {"date-a": 503, "date-b": 429}
DATE_AHEAD_S = 3
DATE_LEAST_S = 2
"""An HTTP-date has a resolution of one second, so now + 3 s may be as early as now + 2 s."""

GARBAGE = {
    "words": "soon",
    "negative": "-5",
    "no-such-date": "Wed, 99 Foo 2031 25:61:61 GMT",
    "past-date": "Sun, 06 Nov 1994 08:49:37 GMT",
}
COPIES = 3
NOTHING_ASKED_S = 0.9
"""Less than the least wait that a header can ask for. Noise only lengthens gaps: the shortest counts."""

BEYOND_S = 3_600
DEADLINE_MS = 12_000


def dated(status: int, ahead_s: int) -> Plan:
    """`status` with a date `ahead_s` from the moment of the answer, then 200."""

    def plan(exchange: Any, number: int) -> None:
        date = formatdate(time.time() + ahead_s, usegmt=True)
        reply(status, 200, headers={"Retry-After": date})(exchange, number)

    return plan


def lose_two_answers(exchange: Any, number: int) -> None:
    if number > 2:
        exchange.reply(200)
    else:
        exchange.reset()


@pytest.fixture(scope="module")
def run(sandbox, make_origin, seed) -> Run:
    plans = {
        name: reply(status, 200, headers={"Retry-After": str(seconds)})
        for name, (status, seconds) in SECONDS.items()
    }
    plans |= {name: dated(status, DATE_AHEAD_S) for name, status in DATES.items()}
    for copy in range(COPIES):
        for name, value in GARBAGE.items():
            plans[f"{name}-{copy}"] = reply(503, 503, 200, headers={"Retry-After": value})
        plans[f"no-answer-{copy}"] = lose_two_answers
    plans["beyond-seconds"] = reply(503, 200, headers={"Retry-After": str(BEYOND_S)})
    plans["beyond-date"] = dated(429, BEYOND_S)
    events = make_events(rng_for(seed, "retry-after"), *plans)
    return run_courier(sandbox, make_origin, events, plans, policy(event_deadline_ms=DEADLINE_MS), 20)


def assert_waited(run: Run, name: str, least_s: float) -> None:
    gaps = run.gaps(name)
    assert gaps, f"{name} was not tried again"
    assert gaps[0] >= least_s - TIMER_SLACK_S, f"the wait of {name}"
    assert run.statuses(name)[-1] == 200, f"{name} was not delivered"


def test_seconds_are_a_lower_bound_even_beyond_the_cap(run: Run) -> None:
    for name, (_, seconds) in SECONDS.items():
        assert_waited(run, name, seconds)


def test_an_http_date_is_a_lower_bound(run: Run) -> None:
    for name in DATES:
        assert_waited(run, name, DATE_LEAST_S)


def test_a_malformed_or_past_value_changes_nothing(run: Run) -> None:
    for name in GARBAGE:
        copies = [f"{name}-{copy}" for copy in range(COPIES)]
        for copy in copies:
            assert run.statuses(copy) == [503, 503, 200], f"{copy} was not delivered by a third attempt"
        assert shortest_gap(run, copies) < NOTHING_ASKED_S, f"{name}: a wait that nobody asked for"


def test_a_lost_answer_asks_for_no_wait(run: Run) -> None:
    # Whether it is tried again at all is for another group to judge.
    copies = [f"no-answer-{copy}" for copy in range(COPIES)]
    for copy in copies:
        assert run.of(copy), f"{copy}: no request"
    assert shortest_gap(run, copies) < NOTHING_ASKED_S, "a wait that nobody asked for"


def shortest_gap(run: Run, names: list[str]) -> float:
    """Seconds from arrival to arrival: a lost answer has no stamp, and all answers here come at once."""
    pairs = [pair for name in names for pair in itertools.pairwise(run.of(name))]
    return min((later.arrived - earlier.arrived for earlier, later in pairs), default=0.0)


def test_no_further_request_when_the_asked_wait_is_beyond_the_deadline(run: Run) -> None:
    for name in ("beyond-seconds", "beyond-date"):
        assert run.statuses(name) in ([503], [429]), f"{name} was tried again"
    assert run.outcome == "exited", "the process waited for what it should have given up"
