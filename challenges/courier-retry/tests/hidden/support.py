"""What the groups share: the files of a run, an endpoint that follows a script, and the log it keeps.

All that is judged is seen from here: requests as they arrive, the report as bytes, the exit code. The
log is kept by the judge; the candidate's own figures are only ever compared with it.
"""

import itertools
import json
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Plan = Callable[[Any, int], None]
"""Decides the answer: called with the exchange and the number of requests this event has made, from 1."""

FIRST_CONTACT_S = 30.0
"""Imports can take seconds on a busy machine, so stall clocks start at the first request."""

STALL_S = 10.0

POLL_S = 0.25

REPORT_BYTES = 1 << 20

TIMER_SLACK_S = 0.002
"""Rounding of a wait to whole milliseconds, and of two clocks to each other."""


def policy(**changes: Any) -> Json:
    """A policy under which only what a test changes can matter: tiny waits, many attempts, much time."""
    calm: Json = {
        "base_ms": 2,
        "cap_ms": 8,
        "max_attempts": 40,
        "attempt_timeout_ms": 15_000,
        "event_deadline_ms": 60_000,
        "parallel": 24,
        "breaker": None,
    }
    unknown = changes.keys() - calm.keys()
    assert not unknown, f"no such key in a policy: {unknown}"
    return calm | changes


def rng_for(seed: int, scenario: str) -> random.Random:
    """A generator of a scenario's own, so that the order of tests changes nothing."""
    return random.Random(f"{seed}:{scenario}")


def make_events(rng: random.Random, *names: str) -> dict[str, Json]:
    """One event a name, in order, with a random id and payload."""
    events = {}
    for name in names:
        payload = {
            "amount": rng.randrange(1, 10**6),
            "tags": [f"{rng.getrandbits(16):x}" for _ in range(rng.randrange(4))],
            "note": None if rng.random() < 0.3 else f"n{rng.getrandbits(32)}",
        }
        events[name] = {"id": f"{name}-{rng.getrandbits(40):010x}", "payload": payload}
    return events


@dataclass
class Hit:
    """One request, as it arrived."""

    event_id: str | None
    number: int
    method: str
    headers: Mapping[str, str]
    body: Any
    arrived: float
    status: int | None = None
    answered: float | None = None
    """Just before the first byte of the answer, so a gap measured from here is never too short."""

    @property
    def key(self) -> str | None:
        return self.headers.get("Idempotency-Key")


class Endpoint:
    """Answers each event by its plan and keeps the log. Give `handle` to `make_origin`."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = plans
        self._lock = threading.Condition()
        self._hits: list[Hit] = []

    def handle(self, exchange: Any) -> None:
        try:
            body = exchange.json()
        except (ValueError, RecursionError):
            body = None
        event_id = body.get("id") if isinstance(body, dict) else None
        if not isinstance(event_id, str):
            event_id = None
        with self._lock:
            number = 1 + sum(hit.event_id == event_id for hit in self._hits)
            hit = Hit(event_id, number, exchange.method, exchange.headers, body, exchange.arrived)
            self._hits.append(hit)
            self._lock.notify_all()
        try:
            self._plans.get(event_id or "", reply(400))(_Recorder(exchange, hit), number)
        finally:
            with self._lock:
                hit.answered = exchange.answered
                self._lock.notify_all()

    def hits(self) -> list[Hit]:
        with self._lock:
            return list(self._hits)

    def wait_until(self, process: Any, ready: Callable[[list[Hit]], bool], stall_s: float = STALL_S) -> bool:
        """Wait for the first request, then at most `stall_s` until `ready`; say whether it came to be.

        Ends early when the process has ended: nothing more can come.
        """
        give_up = time.monotonic() + FIRST_CONTACT_S
        contact = False
        while True:
            alive = process.running
            with self._lock:
                if not contact and self._hits:
                    contact = True
                    give_up = time.monotonic() + stall_s
                left = give_up - time.monotonic()
                done = self._lock.wait_for(lambda: ready(self._hits), max(0.0, min(left, POLL_S)))
            if done or not alive or left <= 0:
                return done


class _Recorder:
    """The exchange, noting the status that a plan answers with."""

    def __init__(self, exchange: Any, hit: Hit) -> None:
        self._exchange = exchange
        self._hit = hit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exchange, name)

    def reply(self, status: int = 200, **more: Any) -> None:
        self._hit.status = status
        self._exchange.reply(status, **more)


def reply(*statuses: int, headers: Mapping[str, str] | None = None) -> Plan:
    """Answer the n-th request with the n-th status, the last one for ever; `headers` go with non-2xx."""

    def plan(exchange: Any, number: int) -> None:
        status = statuses[min(number, len(statuses)) - 1]
        exchange.reply(status, json={"status": status}, headers=dict(headers or {}) if status >= 300 else {})

    return plan


def first(trouble: Callable[[Any], None], then: Plan | None = None) -> Plan:
    """`trouble` for the first request of the event, then `then` (200 unless given)."""

    def plan(exchange: Any, number: int) -> None:
        if number == 1:
            trouble(exchange)
        else:
            (then or reply(200))(exchange, number)

    return plan


@dataclass(frozen=True)
class Run:
    """One finished run of the candidate: its requests, how it ended, and what it reported."""

    events: Mapping[str, Json]
    hits: list[Hit]
    outcome: str
    exit_code: int | None
    report: bytes | None
    ended: float
    stderr: bytes = field(repr=False, default=b"")

    def of(self, name: str) -> list[Hit]:
        return [hit for hit in self.hits if hit.event_id == self.events[name]["id"]]

    def statuses(self, name: str) -> list[int | None]:
        return [hit.status for hit in self.of(name)]

    def gaps(self, name: str) -> list[float]:
        """Seconds from each answer to the arrival of the event's next request."""
        hits = self.of(name)
        return [
            later.arrived - earlier.answered
            for earlier, later in itertools.pairwise(hits)
            if earlier.answered is not None
        ]

    def report_lines(self) -> list[Json]:
        """The report's lines; fails the test when there is no report or a line is no JSON object."""
        assert self.report is not None, f"no report was written (exit code {self.exit_code})"
        lines = [json.loads(line) for line in self.report.decode("utf-8").split("\n") if line.strip()]
        assert all(isinstance(line, dict) for line in lines), "a line of the report is no JSON object"
        return lines

    def report_of(self, name: str) -> Json:
        found = [line for line in self.report_lines() if line.get("id") == self.events[name]["id"]]
        assert len(found) == 1, f"{len(found)} lines of the report are about one event"
        return found[0]


def jsonl(events: Iterable[Json]) -> bytes:
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events).encode()


def put_inputs(solution: Any, url: str, events: Mapping[str, Json], rules: Json) -> list[str]:
    """Write the input files and return the command."""
    directory = solution.tmp_dir
    solution.put(f"{directory}/events.jsonl", jsonl(events.values()))
    solution.put(f"{directory}/policy.json", json.dumps(rules))
    return [
        "python",
        "-m",
        "courier",
        "--events",
        f"{directory}/events.jsonl",
        "--endpoint",
        f"{url}/events",
        "--policy",
        f"{directory}/policy.json",
        "--report",
        f"{directory}/report.jsonl",
    ]


def read_report(solution: Any) -> bytes | None:
    try:
        return solution.get(f"{solution.tmp_dir}/report.jsonl", max_bytes=REPORT_BYTES)
    except OSError:
        return None


def run_courier(
    sandbox: Any,
    make_origin: Any,
    events: Mapping[str, Json],
    plans: Mapping[str, Plan],
    rules: Json,
    timeout: float = 25.0,
) -> Run:
    """Run the candidate to its end, against an endpoint that answers by `plans` (keyed by event name)."""
    endpoint = Endpoint({events[name]["id"]: plan for name, plan in plans.items()})
    with sandbox.scenario() as solution, make_origin(endpoint.handle) as origin:
        argv = put_inputs(solution, origin.url, events, rules)
        completed = solution.run(argv, timeout=timeout, check=False)
        ended = time.monotonic()
        report = read_report(solution)
    return Run(
        events=events,
        hits=endpoint.hits(),
        outcome=completed.outcome,
        exit_code=completed.exit_code,
        report=report,
        ended=ended,
        stderr=completed.stderr,
    )


def share(values: Iterable[float], accept: Callable[[float], bool]) -> float:
    chosen = [accept(value) for value in values]
    assert chosen, "nothing was observed"
    return statistics.mean(chosen)
