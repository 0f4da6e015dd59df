"""Waits are exponential with equal jitter and a cap, and there are exactly as many as asked for.

A gap runs from just before the answer is written to the arrival of the next request, so a busy machine
can only lengthen it. Hence: every gap is held to the lower end, only medians to the upper end (with an
allowance), and jitter is shown by SHORT gaps, which no noise can fake. What noise can hide, one of three
runs has to show: a busy moment passes, and a wait that is too long or not spread is so in every run.
"""

import statistics
from collections.abc import Callable

import pytest
from support import TIMER_SLACK_S, Run, make_events, policy, reply, rng_for, run_courier, share

pytestmark = pytest.mark.group("schedule")

BASE_S, CAP_S = 0.4, 1.6
MAX_ATTEMPTS = 5
CEILINGS_S = (0.4, 0.8, 1.6, 1.6)
"""d(1) to d(4). d(4) is far above the cap before it is capped."""

NAMES = tuple(f"down-{index}" for index in range(16))
ALLOWANCE_S = 0.25

LONG_S = 40
PROMPT_S = 12.0

MANY_ATTEMPTS = 60

RUNS = 3

SEQUENTIAL_S = 20.0
"""A run side by side takes 5 to 10 s. One of 20 s is no noise: repeating it would only take more time."""


class Runs:
    """One scenario, run again only while what is asked of it does not show."""

    def __init__(self, make: Callable[[], Run]) -> None:
        self._make = make
        self._done = [make()]

    @property
    def first(self) -> Run:
        """For what no noise can hide."""
        return self._done[0]

    def one_shows(self, check: Callable[[Run], None]) -> None:
        """Passes when `check` holds for one of the runs; raises its last AssertionError otherwise."""
        runs = 1 if self._took_s() > SEQUENTIAL_S else RUNS
        for number in range(runs):
            if number == len(self._done):
                self._done.append(self._make())
            try:
                return check(self._done[number])
            except AssertionError:
                if number == runs - 1:
                    raise

    def _took_s(self) -> float:
        """From the first request to the end of the process."""
        return self.first.ended - min(
            (hits[0].arrived for hits in map(self.first.of, NAMES) if hits), default=0
        )


@pytest.fixture(scope="module")
def runs(sandbox, make_origin, seed) -> Runs:
    """16 events side by side, and an endpoint that only says 503."""
    events = make_events(rng_for(seed, "schedule"), *NAMES)
    rules = policy(
        base_ms=int(BASE_S * 1000), cap_ms=int(CAP_S * 1000), max_attempts=MAX_ATTEMPTS, parallel=24
    )
    plans = dict.fromkeys(NAMES, reply(503))
    return Runs(lambda: run_courier(sandbox, make_origin, events, plans, rules))


@pytest.fixture
def run(runs: Runs) -> Run:
    """The first run."""
    return runs.first


def nth_gaps(run: Run, n: int) -> list[float]:
    """The gaps after the n-th attempt of each event that made another."""
    gaps = [gaps[n - 1] for gaps in map(run.gaps, NAMES) if len(gaps) >= n]
    assert len(gaps) >= len(NAMES) // 2, f"only {len(gaps)} of {len(NAMES)} events made attempt {n + 1}"
    return gaps


def test_each_event_gets_exactly_max_attempts(run: Run) -> None:
    assert {len(run.of(name)) for name in NAMES} == {MAX_ATTEMPTS}


def test_no_wait_is_shorter_than_half_its_ceiling(run: Run) -> None:
    for n, ceiling in enumerate(CEILINGS_S, start=1):
        shortest = min(nth_gaps(run, n))
        assert shortest >= ceiling / 2 - TIMER_SLACK_S, f"a wait after attempt {n}"


def test_typical_waits_grow_no_faster_than_the_formula_and_stay_below_the_cap(runs: Runs) -> None:
    def typical_waits_are_in_bounds(run: Run) -> None:
        # The first attempts start all at once, imports and connects included: their answers are read late.
        for n, ceiling in list(enumerate(CEILINGS_S, start=1))[1:]:
            gaps = nth_gaps(run, n)
            # A median of 16 can be low by chance; the shortest wait of who starts at the ceiling cannot.
            assert min(gaps) < ceiling, f"every wait after attempt {n} is longer than its ceiling"
            assert statistics.median(gaps) <= ceiling + ALLOWANCE_S, f"waits after attempt {n}"

    runs.one_shows(typical_waits_are_in_bounds)


def test_waits_are_spread_over_the_upper_half_of_the_ceiling(runs: Runs) -> None:
    def waits_are_spread(run: Run) -> None:
        last = [gap / CEILINGS_S[3] for gap in nth_gaps(run, 4)]
        late = [gap / CEILINGS_S[2] for gap in nth_gaps(run, 3)] + last
        assert share(late, lambda gap: gap < 0.9) >= 0.25, "too few short waits: there is no jitter"
        assert share(late, lambda gap: gap > 0.65) >= 0.25, "too few long waits: there is no jitter"
        # Who draws first and caps afterwards has no short wait at all here; with 16 gaps the mark is lower.
        assert share(last, lambda gap: gap < 0.9) >= 0.125, "capped waits have no jitter"

    runs.one_shows(waits_are_spread)


def test_there_is_no_wait_after_the_last_attempt(sandbox, make_origin, seed) -> None:
    events = make_events(rng_for(seed, "last"), "down")
    rules = policy(base_ms=LONG_S * 1000, cap_ms=LONG_S * 1000, max_attempts=1, event_deadline_ms=300_000)
    run = run_courier(sandbox, make_origin, events, {"down": reply(503)}, rules)
    assert len(run.of("down")) == 1
    answered = run.of("down")[0].answered
    assert answered is not None
    assert run.ended - answered < PROMPT_S, "the process lived on although nothing was left to do"


def test_sixty_attempts_do_not_overflow(sandbox, make_origin, seed) -> None:
    events = make_events(rng_for(seed, "many"), "down-1", "down-2")
    plans = dict.fromkeys(events, reply(503))
    rules = policy(base_ms=1, cap_ms=4, max_attempts=MANY_ATTEMPTS)
    run = run_courier(sandbox, make_origin, events, plans, rules)
    # Whether it stops at exactly 60 is for another test.
    for name in events:
        assert len(run.of(name)) >= MANY_ATTEMPTS - 1, f"{name} ended early"
    assert run.outcome == "exited"
