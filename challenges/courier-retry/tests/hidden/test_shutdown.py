"""SIGTERM ends a waiting courier quickly, with a complete report."""

import signal
import time
from typing import Any

import pytest
from support import Endpoint, Hit, Run, make_events, policy, put_inputs, read_report, reply, rng_for

pytestmark = pytest.mark.group("shutdown")

DELIVERED = ("ok-1", "ok-2", "ok-3")
WAITING = ("waiting-1", "waiting-2")
HANGING = "hanging"
LONG_S = 40

IDLE_S = 0.5
IDLE_CPU_S = 0.03

LIMIT_S = 10.0
"""The README says 5; the rest is for a busy machine. An uninterrupted wait here lasts 20 s or more."""


def wait_until_idle(process: Any) -> None:
    """The last answers have been written; wait until the courier has read them and sits there waiting."""
    before = process.usage().cpu_s
    for _ in range(20):
        time.sleep(IDLE_S)
        now = process.usage().cpu_s
        if now - before < IDLE_CPU_S:
            return
        before = now


def test_sigterm_during_a_wait_ends_the_process_with_a_complete_report(sandbox, make_origin, seed) -> None:
    # Both the schedule and Retry-After ask for a long wait: an error in one of them loses nothing here.
    plans = {name: reply(200) for name in DELIVERED}
    plans |= {name: reply(503, headers={"Retry-After": str(LONG_S)}) for name in WAITING}
    plans[HANGING] = lambda exchange, number: exchange.hang(timeout=60)
    events = make_events(rng_for(seed, "shutdown"), *plans)
    rules = policy(
        base_ms=LONG_S * 1000,
        cap_ms=LONG_S * 1000,
        attempt_timeout_ms=200_000,
        event_deadline_ms=400_000,
        parallel=8,
    )
    endpoint = Endpoint({events[name]["id"]: plan for name, plan in plans.items()})

    needed = {events[name]["id"] for name in (*DELIVERED, WAITING[0])}

    def settled(hits: list[Hit]) -> bool:
        return needed <= {hit.event_id for hit in hits if hit.answered is not None}

    with sandbox.scenario() as solution, make_origin(endpoint.handle) as origin:
        process = solution.start(put_inputs(solution, origin.url, events, rules))
        assert endpoint.wait_until(process, settled), "the events were not tried"
        wait_until_idle(process)
        assert process.running, "the courier ended before SIGTERM"
        process.signal(signal.SIGTERM)
        sent = time.monotonic()
        completed = process.wait(LIMIT_S + 4, check=False)
        ended = time.monotonic()
        report = read_report(solution)
    run = Run(events, endpoint.hits(), completed.outcome, completed.exit_code, report, ended)
    died_of_it = completed.signal == signal.SIGTERM

    assert ended - sent <= LIMIT_S, "SIGTERM did not end the wait"
    assert run.exit_code == 143 or died_of_it, f"exit code {run.exit_code}"
    assert len(run.report_lines()) == len(events)
    for name in events:
        expected = "ok" if name in DELIVERED else "cancelled"
        assert run.report_of(name).get("outcome") == expected, f"outcome of {name}"
