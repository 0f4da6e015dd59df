"""Exactly the failures that can heal are retried: one test a class.

Waits are a few milliseconds here and there are attempts and time in plenty, so a wrong schedule loses
nothing in this group. A retried event is answered 200 the second time.
"""

import pytest
from restarting import RestartingEndpoint
from support import (
    Run,
    first,
    make_events,
    policy,
    put_inputs,
    reply,
    rng_for,
    run_courier,
)

pytestmark = pytest.mark.group("classification")

HEALING_4XX = (408, 425, 429)
HEALING_5XX = (500, 502, 503, 504)
FINAL_4XX = (400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 451)
FINAL_5XX = (501, 505)
ATTEMPT_TIMEOUT_MS = 2_000
DOWN_S = 2.0


@pytest.fixture(scope="module")
def run(sandbox, make_origin, seed) -> Run:
    """Every class but two in a single run, all events at once."""
    plans = {
        "reset": first(lambda exchange: exchange.reset()),
        "truncated": first(
            lambda exchange: exchange.truncate(status=200, body=b'{"status": ', content_length=400)
        ),
    }
    plans |= {
        f"s{status}": reply(status, 200) for status in HEALING_4XX + HEALING_5XX + FINAL_4XX + FINAL_5XX
    }
    events = make_events(rng_for(seed, "classification"), *plans)
    return run_courier(sandbox, make_origin, events, plans, policy())


def assert_healed(run: Run, name: str) -> None:
    hits = run.of(name)
    assert len(hits) >= 2, f"{name}: {len(hits)} requests, so it was not retried"
    assert hits[-1].status == 200, f"{name}: never delivered"


def assert_final(run: Run, name: str) -> None:
    assert len(run.of(name)) == 1, f"{name}: {len(run.of(name))} requests in place of 1"


def test_a_connection_reset_is_retried(run: Run) -> None:
    assert_healed(run, "reset")


def test_an_attempt_that_times_out_is_retried(sandbox, make_origin, seed) -> None:
    """In a run of its own, so that a short timeout cannot cut off an attempt that is to be made once."""
    plans = {"silent": first(lambda exchange: exchange.hang(timeout=30))}
    events = make_events(rng_for(seed, "timeout"), *plans)
    rules = policy(attempt_timeout_ms=ATTEMPT_TIMEOUT_MS)
    assert_healed(run_courier(sandbox, make_origin, events, plans, rules), "silent")


def test_a_body_shorter_than_promised_is_retried(run: Run) -> None:
    assert_healed(run, "truncated")


def test_statuses_408_425_429_are_retried(run: Run) -> None:
    for status in HEALING_4XX:
        assert_healed(run, f"s{status}")


def test_statuses_500_502_503_504_are_retried(run: Run) -> None:
    for status in HEALING_5XX:
        assert_healed(run, f"s{status}")


def test_other_client_errors_are_never_retried(run: Run) -> None:
    for status in FINAL_4XX:
        assert_final(run, f"s{status}")


def test_statuses_501_and_505_are_never_retried(run: Run) -> None:
    for status in FINAL_5XX:
        assert_final(run, f"s{status}")


def test_a_refused_connection_is_retried(sandbox, seed) -> None:
    """The endpoint is up, takes a request, is gone for two seconds, and is back.

    No event can be told to have met the closed port (it leaves no trace here), so none has to: what is
    asserted is that all are delivered in the end.
    """
    events = make_events(rng_for(seed, "refused"), "a", "b", "c", "d")
    rules = policy(base_ms=100, cap_ms=100, max_attempts=900)
    with sandbox.scenario() as solution, RestartingEndpoint(DOWN_S) as endpoint:
        process = solution.start(put_inputs(solution, endpoint.url, events, rules))
        wanted = {event["id"] for event in events.values()}
        delivered = endpoint.wait_for_delivery(wanted, process)
        process.kill()
    assert delivered == wanted, f"{len(wanted - delivered)} of {len(wanted)} events were lost in the restart"
