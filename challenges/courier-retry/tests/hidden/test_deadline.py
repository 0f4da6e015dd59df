"""An attempt and an event end when their time is over."""

from typing import Any

import pytest
from support import Run, first, make_events, policy, reply, rng_for, run_courier

pytestmark = pytest.mark.group("deadline")

ATTEMPT_TIMEOUT_S = 1.0
DRIP_INTERVAL_S = 0.2
DRIP_S = 12.0
CUT_BY_S = 7.0

DEADLINE_S = 5.0
"""Long enough for a second attempt even when the first one takes seconds: it may import half a library."""

DEADLINE_ALLOWANCE_S = 5.0
MANY_ATTEMPTS = 300

FAR_WAIT_S = 60
FAR_DEADLINE_S = 20
PROMPT_S = 12.0


def drip(exchange: Any) -> None:
    """A good answer, a byte at a time: no single read takes long, all of it takes 12 seconds."""
    length = int(DRIP_S / DRIP_INTERVAL_S)
    exchange.drip(b'"' + b"." * (length - 2) + b'"', DRIP_INTERVAL_S, content_length=length)


def test_an_attempt_is_cut_off_at_its_total_time_although_bytes_keep_coming(
    sandbox, make_origin, seed
) -> None:
    plans = {"dripping": first(drip), "dripping-too": first(drip), "silent": first(lambda e: e.hang(30))}
    events = make_events(rng_for(seed, "drip"), *plans)
    rules = policy(attempt_timeout_ms=int(ATTEMPT_TIMEOUT_S * 1000))
    run = run_courier(sandbox, make_origin, events, plans, rules)
    for name in plans:
        hits = run.of(name)
        assert len(hits) >= 2, f"{name}: the attempt was not given up"
        # Far from both: the timeout is 1 s, the last byte would have come after 12 s.
        assert hits[1].arrived - hits[0].arrived < CUT_BY_S, f"{name}: the attempt was cut off late"
        assert hits[-1].status == 200, f"{name} was not delivered"


def test_an_event_ends_at_its_deadline(sandbox, make_origin, seed) -> None:
    """Attempts fail at once, or hang for ever; the event's deadline is the only end in sight."""
    plans = {
        "failing-1": reply(503),
        "failing-2": reply(503),
        "hanging": lambda exchange, number: exchange.hang(timeout=60),
    }
    events = make_events(rng_for(seed, "deadline"), *plans)
    rules = policy(
        base_ms=300,
        cap_ms=300,
        max_attempts=MANY_ATTEMPTS,
        attempt_timeout_ms=60_000,
        event_deadline_ms=int(DEADLINE_S * 1000),
    )
    run = run_courier(sandbox, make_origin, events, plans, rules)
    for name in plans:
        assert_over_in_time(run, name)
    begun = max(run.of(name)[0].arrived for name in plans)
    assert run.outcome == "exited"
    assert run.ended - begun < DEADLINE_S + DEADLINE_ALLOWANCE_S + 2, "the process outlived its events"


def assert_over_in_time(run: Run, name: str) -> None:
    hits = run.of(name)
    assert hits, f"{name}: no request"
    if name.startswith("failing"):
        assert len(hits) >= 2, f"{name} was not retried"
    last = hits[-1].arrived - hits[0].arrived
    assert last < DEADLINE_S + DEADLINE_ALLOWANCE_S, f"{name}: an attempt {last:.1f} s after the first"


def test_a_wait_that_would_cross_the_deadline_is_not_begun(sandbox, make_origin, seed) -> None:
    events = make_events(rng_for(seed, "far"), "down")
    rules = policy(
        base_ms=FAR_WAIT_S * 1000,
        cap_ms=FAR_WAIT_S * 1000,
        max_attempts=2,
        event_deadline_ms=FAR_DEADLINE_S * 1000,
    )
    run = run_courier(sandbox, make_origin, events, {"down": reply(503)}, rules, timeout=30)
    hits = run.of("down")
    assert hits, "no request"
    assert hits[-1].answered is not None
    assert run.ended - hits[-1].answered < PROMPT_S, "it waited, although the deadline comes first"
