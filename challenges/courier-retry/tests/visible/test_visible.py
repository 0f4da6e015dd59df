"""About a fifth of what is graded: one easy case of most groups.

    python -m pytest tests/visible --solution=.

`solution` runs your submission in a process of its own, `make_origin` starts an HTTP endpoint that the
test controls. Nothing of your code is imported here.
"""

import itertools
import json
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

CALM: dict[str, Any] = {
    "base_ms": 5,
    "cap_ms": 20,
    "max_attempts": 10,
    "attempt_timeout_ms": 5_000,
    "event_deadline_ms": 30_000,
    "parallel": 4,
    "breaker": None,
}


class Endpoint:
    """Answers the n-th request of an event with the n-th status, the last one for ever."""

    def __init__(self, statuses: dict[str, list[int]], headers: dict[str, str] | None = None) -> None:
        self.statuses = statuses
        self.headers = headers or {}
        self.lock = threading.Lock()
        self.requests: dict[str, list[Any]] = {event_id: [] for event_id in statuses}

    def __call__(self, exchange: Any) -> None:
        event_id = exchange.json()["id"]
        with self.lock:
            self.requests[event_id].append(exchange)
            number = len(self.requests[event_id])
        status = self.statuses[event_id][min(number, len(self.statuses[event_id])) - 1]
        exchange.reply(status, headers=self.headers if status >= 400 else {})


def command(solution: Any, url: str, event_ids: list[str], policy: dict[str, Any]) -> list[str]:
    lines = [json.dumps({"id": event_id, "payload": {"from": event_id}}) + "\n" for event_id in event_ids]
    solution.put(f"{solution.tmp_dir}/events.jsonl", "".join(lines))
    solution.put(f"{solution.tmp_dir}/policy.json", json.dumps(policy))
    files = {"events": "events.jsonl", "policy": "policy.json", "report": "report.jsonl"}
    options = [item for name, file in files.items() for item in (f"--{name}", f"{solution.tmp_dir}/{file}")]
    return ["python", "-m", "courier", "--endpoint", url, *options]


def report_of(solution: Any) -> dict[str, dict[str, Any]]:
    lines = solution.get(f"{solution.tmp_dir}/report.jsonl").decode().splitlines()
    return {line["id"]: line for line in map(json.loads, lines)}


@pytest.fixture
def deliver(solution: Any, make_origin: Any) -> Callable[..., tuple[Endpoint, Any]]:
    """Run the courier against an endpoint; returns the endpoint and the completed process."""

    def run(statuses: dict[str, list[int]], headers: dict[str, str] | None = None, **policy: Any):
        endpoint = Endpoint(statuses, headers)
        with make_origin(endpoint) as origin:
            argv = command(solution, origin.url, list(statuses), CALM | policy)
            completed = solution.run(argv, timeout=30)
        return endpoint, completed

    return run


@pytest.mark.group("contract")
def test_events_are_delivered_and_reported(solution, deliver) -> None:
    endpoint, completed = deliver({"one": [200], "two": [503, 200], "three": [404]})
    assert completed.exit_code == 2, completed.stderr.decode()
    report = report_of(solution)
    assert {key: line["outcome"] for key, line in report.items()} == {
        "one": "ok",
        "two": "ok",
        "three": "rejected",
    }
    assert report["two"]["attempts"] == 2
    assert report["one"]["last_error"] is None
    assert "404" in report["three"]["last_error"]
    assert endpoint.requests["one"][0].json() == {"id": "one", "payload": {"from": "one"}}


@pytest.mark.group("classification")
def test_an_unavailable_endpoint_is_tried_again_and_a_bad_request_is_not(deliver) -> None:
    endpoint, _ = deliver({"busy": [503, 503, 200], "bad": [400, 200]})
    assert len(endpoint.requests["busy"]) == 3
    assert len(endpoint.requests["bad"]) == 1


@pytest.mark.group("schedule")
def test_waits_are_at_least_half_of_the_formula(deliver) -> None:
    endpoint, _ = deliver({"down": [503]}, base_ms=200, cap_ms=400, max_attempts=4)
    attempts = endpoint.requests["down"]
    assert len(attempts) == 4
    gaps = [b.arrived - a.answered for a, b in itertools.pairwise(attempts)]
    assert all(gap >= least - 0.002 for gap, least in zip(gaps, (0.1, 0.2, 0.2), strict=True)), gaps


@pytest.mark.group("retry-after")
def test_retry_after_in_seconds_is_a_lower_bound(deliver) -> None:
    endpoint, completed = deliver({"busy": [429, 200]}, headers={"Retry-After": "1"})
    first, second = endpoint.requests["busy"]
    assert second.arrived - first.answered >= 0.998
    assert completed.exit_code == 0


@pytest.mark.group("idempotency")
def test_every_attempt_of_an_event_has_the_same_key(deliver) -> None:
    endpoint, _ = deliver({"one": [503, 503, 200], "two": [502, 200]})
    keys = {
        event_id: {exchange.headers.get("Idempotency-Key") for exchange in exchanges}
        for event_id, exchanges in endpoint.requests.items()
    }
    assert [len(of_event) for of_event in keys.values()] == [1, 1]
    assert None not in keys["one"] | keys["two"]
    assert keys["one"] != keys["two"]


@pytest.mark.group("shutdown")
def test_sigterm_ends_a_waiting_courier(solution, make_origin) -> None:
    endpoint = Endpoint({"down": [503]})
    policy = CALM | {"base_ms": 30_000, "cap_ms": 30_000, "event_deadline_ms": 100_000}
    with make_origin(endpoint) as origin:
        process = solution.start(command(solution, origin.url, ["down"], policy))
        origin.wait_for(lambda *_: endpoint.requests["down"], timeout=30)
        time.sleep(1)
        process.signal(signal.SIGTERM)
        completed = process.wait(timeout=10)
    assert completed.exit_code == 143 or completed.signal == signal.SIGTERM
    assert report_of(solution)["down"]["outcome"] == "cancelled"
