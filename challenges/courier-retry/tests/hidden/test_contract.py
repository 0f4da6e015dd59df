"""Requests, report and exit codes are as specified. The one strict group: all others accept extras."""

import threading

import pytest
from support import (
    FIRST_CONTACT_S,
    STALL_S,
    Hit,
    Plan,
    Run,
    make_events,
    policy,
    reply,
    rng_for,
    run_courier,
)

pytestmark = pytest.mark.group("contract")

PARALLEL = 4
NAMES = ("fine-1", "bumpy-1", "unwanted", "fine-2", "unicode", "hopeless", "bumpy-2", "fine-3")


@pytest.fixture(scope="module")
def mixed(sandbox, make_origin, seed) -> Run:
    """Eight events with every outcome, four at a time; the first four answers wait for each other."""
    events = make_events(rng_for(seed, "contract"), *NAMES)
    events["unicode"] = {
        "id": f"Überweisung-№-{seed % 1000}-→-✓ ",
        "payload": {"an": "Zoë", "下": ["²", "\U0001f4e6"], "empty": {}},
    }
    everyone = threading.Barrier(PARALLEL)

    def together(then: Plan) -> Plan:
        def plan(exchange, number: int) -> None:
            if number == 1:
                try:
                    everyone.wait(STALL_S)
                except threading.BrokenBarrierError:
                    pass
            then(exchange, number)

        return plan

    plans = {name: reply(200) for name in NAMES if name.startswith("fine")}
    plans |= {name: reply(503, 201) for name in NAMES if name.startswith("bumpy")}
    plans |= {"unicode": reply(204), "unwanted": reply(422), "hopeless": reply(503)}
    plans |= {name: together(plans[name]) for name in NAMES[:PARALLEL]}
    rules = policy(parallel=PARALLEL, max_attempts=3)
    return run_courier(sandbox, make_origin, events, plans, rules, timeout=FIRST_CONTACT_S)


def test_requests_carry_the_event_its_key_and_the_number_of_the_attempt(mixed: Run) -> None:
    for name in NAMES:
        hits = mixed.of(name)
        assert hits, f"no request for event {name}"
        for hit in hits:
            assert hit.method == "POST"
            assert hit.headers.get("Content-Type", "").split(";")[0].strip().lower() == "application/json"
            assert hit.body == mixed.events[name]
            assert hit.key, "no Idempotency-Key"
            assert hit.headers.get("X-Attempt") == str(hit.number)


def test_report_has_one_true_line_for_each_event(mixed: Run) -> None:
    reported = sorted(str(line.get("id")) for line in mixed.report_lines())
    assert reported == sorted(event["id"] for event in mixed.events.values())
    for name in NAMES:
        line, hits = mixed.report_of(name), mixed.of(name)
        assert line.get("attempts") == len(hits), f"attempts of {name}"
        assert line.get("outcome") in truthful_outcomes(hits), f"outcome of {name}"
        if line["outcome"] == "ok":
            assert line.get("last_error", "absent") is None, f"last_error of {name}"
        else:
            assert str(hits[-1].status) in (line.get("last_error") or ""), f"last_error of {name}"


def truthful_outcomes(hits: list[Hit]) -> set[str]:
    """What may be reported after these requests. That 422 is retried is for another group to judge."""
    last = hits[-1].status or 0
    if 200 <= last < 300:
        return {"ok"}
    if last == 503:
        return {"gave_up"}
    return {"rejected"} if len(hits) == 1 else {"rejected", "gave_up"}


def test_as_many_requests_as_allowed_are_in_flight_and_never_more(mixed: Run) -> None:
    # Only answered or held requests count, so the stamp before an answer ends a request's flight.
    edges = [(hit.arrived, 1) for hit in mixed.hits]
    edges += [(hit.answered, -1) for hit in mixed.hits if hit.answered is not None]
    in_flight, most = 0, 0
    for _, step in sorted(edges):
        in_flight += step
        most = max(most, in_flight)
    assert most == PARALLEL


def test_exit_code_tells_whether_all_events_were_delivered(sandbox, make_origin, seed, mixed: Run) -> None:
    assert mixed.exit_code == 2, "some events were not delivered"

    events = make_events(rng_for(seed, "all ok"), "a", "b", "c")
    plans = {"a": reply(200), "b": reply(201), "c": reply(204)}
    all_ok = run_courier(sandbox, make_origin, events, plans, policy())
    assert len(all_ok.hits) >= 3
    assert all_ok.exit_code == 0, "all events were delivered"

    nothing = run_courier(sandbox, make_origin, {}, {}, policy())
    assert nothing.exit_code == 0, "no events is a success"
    assert nothing.report_lines() == []
    assert nothing.hits == []
