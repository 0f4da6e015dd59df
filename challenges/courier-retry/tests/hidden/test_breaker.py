"""A dead endpoint gets few requests, a single probe asks whether it is back, and then all is delivered."""

import threading
import time
from typing import Any

import pytest
from support import Hit, make_events, policy, rng_for, run_courier

pytestmark = pytest.mark.group("breaker")

PARALLEL = 4
FAILURES = 5
COOLDOWN_S = 0.3
DEAD_S = 1.2
PROBE_HELD_S = 0.7
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


def during(probe: Hit, other: Hit) -> bool:
    assert probe.answered is not None
    return probe.arrived <= other.arrived < probe.answered
