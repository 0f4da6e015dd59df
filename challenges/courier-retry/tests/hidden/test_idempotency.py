"""One key per event, so a lost answer is never booked twice.

One scenario, two runs over the same events: answers are lost in the first, which is killed while one
request has been booked and not answered; the second is left alone.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from support import Endpoint, Hit, first, make_events, policy, put_inputs, reply, rng_for

pytestmark = pytest.mark.group("idempotency")

LOST = {
    "reset-1": lambda exchange: exchange.reset(),
    "reset-2": lambda exchange: exchange.reset(),
    "cut-short": lambda exchange: exchange.truncate(status=200, body=b'{"boo', content_length=64),
    "busy-then-lost": lambda exchange: exchange.reply(503),
}
PARKED = "parked"
"""Last in the file, so that a courier that works one event at a time still comes to the others."""


@dataclass(frozen=True)
class History:
    """All requests of both runs."""

    events: dict[str, Any]
    hits: list[Hit]

    def keys(self, name: str) -> list[str | None]:
        return [hit.key for hit in self.hits if hit.event_id == self.events[name]["id"]]


@pytest.fixture(scope="module")
def history(sandbox, make_origin, seed) -> History:
    events = make_events(rng_for(seed, "idempotency"), *LOST, PARKED)
    plans = {name: first(trouble) for name, trouble in LOST.items()}
    plans[PARKED] = lambda exchange, number: exchange.hang(timeout=60)
    first_run = Endpoint({events[name]["id"]: plan for name, plan in plans.items()})
    second_run = Endpoint({event["id"]: reply(200) for event in events.values()})
    rules = policy(attempt_timeout_ms=60_000, event_deadline_ms=120_000)

    with sandbox.scenario() as solution:
        with make_origin(first_run.handle) as origin:
            process = solution.start(put_inputs(solution, origin.url, events, rules))
            first_run.wait_until(process, lambda hits: crash_point(hits, events))
            process.kill()
            process.wait(check=False)
        with make_origin(second_run.handle) as origin:
            solution.run(put_inputs(solution, origin.url, events, rules), timeout=25, check=False)
    return History(events, first_run.hits() + second_run.hits())


def crash_point(hits: list[Hit], events: dict[str, Any]) -> bool:
    """The parked request is here, and every lost answer was followed by another attempt."""
    seen = [hit.event_id for hit in hits]
    return events[PARKED]["id"] in seen and all(
        any(hit.event_id == events[name]["id"] and hit.status == 200 for hit in hits) for name in LOST
    )


def test_all_attempts_of_an_event_in_both_runs_carry_its_own_key(history: History) -> None:
    distinct = set()
    for name in history.events:
        keys = history.keys(name)
        assert len(keys) >= 2, f"{name}: {len(keys)} requests in two runs"
        assert len(set(keys)) == 1, f"{name} was sent under {len(set(keys))} keys"
        key = keys[0]
        assert key and len(key) <= 128 and key.isascii() and key.isprintable() and " " not in key, (
            "form of a key"
        )
        distinct.add(key)
    assert len(distinct) == len(history.events), "different events share a key"


@pytest.mark.critical(cap=60)
def test_an_event_whose_answer_was_lost_is_booked_once(history: History) -> None:
    """The ledger books a request unless it has seen its key; a request without a key is always booked."""
    for name in history.events:
        keys = history.keys(name)
        assert keys, f"{name} was never booked"
        bookings = len({key for key in keys if key}) + sum(not key for key in keys)
        assert bookings == 1, f"{name} was booked {bookings} times"
