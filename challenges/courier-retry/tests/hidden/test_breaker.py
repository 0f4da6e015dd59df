"""A dead endpoint gets few requests, a single probe asks whether it is back, and then all is delivered."""

import threading
import time
from typing import Any

import pytest
from support import Hit, make_events, policy, reply, rng_for, run_courier

pytestmark = pytest.mark.group("breaker")

PARALLEL = 4
FAILURES = 5
COOLDOWN_S = 0.3
DEAD_S = 1.2
PROBE_HELD_S = 0.7
SHUT_DEADLINE_MS = 2_000
LATE_AT_MOST_S = 10.0
LATE = "late"
NAMES = tuple(f"event-{index}" for index in range(12))

MOST_WHILE_DEAD = FAILURES + (PARALLEL - 1) + int(DEAD_S / COOLDOWN_S)
"""Up to the opening, those in flight at that moment, and one probe after each cooldown."""


class DyingEndpoint:
    """503 until 1.2 s after the failure that must open the breaker; holds the next request; then 200.

    The clock starts at that failure and not at the first request, so that a slow start of the others
    is not mistaken for a probe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures_sent = 0
        self._dead_until: float | None = None
        self._probe_is_known = False

    def answer(self, exchange: Any, number: int) -> None:
        with self._lock:
            dead = self._dead_until is None or exchange.arrived < self._dead_until
            is_probe = not dead and not self._probe_is_known
            self._probe_is_known |= is_probe
            if dead:
                self._failures_sent += 1
                if self._failures_sent == FAILURES:
                    self._dead_until = time.monotonic() + DEAD_S
        if is_probe:
            # Longer than the cooldown: another probe would come now, if there could be two.
            time.sleep(PROBE_HELD_S)
        exchange.reply(503 if dead else 200)


def test_a_dead_endpoint_is_spared_and_probed_by_a_single_request(sandbox, make_origin, seed) -> None:
    events = make_events(rng_for(seed, "breaker"), *NAMES)
    plans = dict.fromkeys(NAMES, DyingEndpoint().answer)
    breaker = {"failures": FAILURES, "cooldown_ms": int(COOLDOWN_S * 1000)}
    rules = policy(base_ms=1, cap_ms=4, max_attempts=400, parallel=PARALLEL, breaker=breaker)
    run = run_courier(sandbox, make_origin, events, plans, rules)

    while_dead = [hit for hit in run.hits if hit.status == 503]
    assert len(while_dead) >= FAILURES, "not enough requests to open the breaker"
    assert len(while_dead) <= MOST_WHILE_DEAD, f"{len(while_dead)} requests to a dead endpoint"

    good = [hit for hit in run.hits if hit.status == 200]
    assert good, "no request after the endpoint came back"
    probe = min(good, key=lambda hit: hit.arrived)
    beside = [hit for hit in run.hits if hit is not probe and during(probe, hit)]
    assert not beside, f"{len(beside)} requests beside the probe"

    delivered = {hit.event_id for hit in good}
    assert delivered == {event["id"] for event in events.values()}, "some events were not delivered"


class HalfOpenEndpoint:
    """503 until the breaker must be open; then holds one request, the probe, for longer than a cooldown.

    One event's first request is held from the beginning. It is answered, well, while the probe is out:
    it started before the breaker opened, so its end says nothing about the probe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures_sent = 0
        self._probe_is_here = threading.Event()
        self._late_is_here = threading.Event()

    def answer_late(self, exchange: Any, number: int) -> None:
        self._late_is_here.set()
        if number == 1:
            self._probe_is_here.wait(LATE_AT_MOST_S)
        exchange.reply(200)

    def answer(self, exchange: Any, number: int) -> None:
        # Nothing fails before the late one is here: it has to start while the breaker is closed.
        self._late_is_here.wait(LATE_AT_MOST_S)
        with self._lock:
            failing = self._failures_sent < FAILURES
            self._failures_sent += failing
            is_probe = not failing and not self._probe_is_here.is_set()
            if is_probe:
                self._probe_is_here.set()
        if is_probe:
            time.sleep(PROBE_HELD_S)
        exchange.reply(503 if failing else 200)


def test_an_attempt_from_before_the_opening_has_no_effect_on_the_probe(sandbox, make_origin, seed) -> None:
    events = make_events(rng_for(seed, "late"), LATE, *NAMES)
    endpoint = HalfOpenEndpoint()
    plans = dict.fromkeys(NAMES, endpoint.answer) | {LATE: endpoint.answer_late}
    breaker = {"failures": FAILURES, "cooldown_ms": int(COOLDOWN_S * 1000)}
    # Two: the late one and one other, so that nothing else is in flight when the breaker opens.
    rules = policy(base_ms=1, cap_ms=4, parallel=2, breaker=breaker)
    run = run_courier(sandbox, make_origin, events, plans, rules)

    late = run.of(LATE)
    assert [hit.status for hit in late] == [200], "the late event was not delivered by its one request"
    good = [hit for hit in run.hits if hit.status == 200 and hit is not late[0]]
    probe = min(good, key=lambda hit: hit.arrived)
    # One that works on a single event at a time has no late attempt: then this is a second look at the probe.
    beside = [hit for hit in run.hits if hit is not probe and during(probe, hit)]
    assert not beside, f"{len(beside)} requests beside the probe"
    assert {hit.event_id for hit in good} | {late[0].event_id} == {e["id"] for e in events.values()}


def test_an_event_whose_deadline_passes_while_the_breaker_is_open_is_given_up(
    sandbox, make_origin, seed
) -> None:
    events = make_events(rng_for(seed, "shut"), *NAMES)
    breaker = {"failures": FAILURES, "cooldown_ms": 60_000}
    rules = policy(event_deadline_ms=SHUT_DEADLINE_MS, parallel=len(NAMES), breaker=breaker)
    run = run_courier(sandbox, make_origin, events, dict.fromkeys(NAMES, reply(503)), rules)

    assert run.exit_code == 2
    for name in NAMES:
        line, hits = run.report_of(name), run.of(name)
        assert line.get("outcome") == "gave_up", f"outcome of {name}"
        assert line.get("attempts") == len(hits), f"attempts of {name}"
        if hits:
            assert "503" in (line.get("last_error") or ""), f"last_error of {name}"


def during(probe: Hit, other: Hit) -> bool:
    assert probe.answered is not None
    return probe.arrived <= other.arrived < probe.answered
