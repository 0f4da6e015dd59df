"""What the groups share: the files of a run, origins that follow a script, patience with a busy machine.

All that is judged is seen from here: requests as they arrive, connections, the output as bytes, the end of
the process. Gates and pins hold answers back, so no assertion needs a short clock.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from takehome_pytest import Gate

Json = dict[str, Any]
Plan = Callable[[Any], object]
"""Decides the answer to one request: called with the exchange."""

FIRST_CONTACT_S = 30.0
"""Imports can take seconds on a busy machine, so stall clocks start at the first request."""

STALL_S = 10.0
"""No new request for so long, although some could be started: nothing more will come."""

SETTLE_S = 0.5
"""How long a full gate is kept shut, for requests beyond the limit to show themselves."""

POLL_S = 0.2
HOLD_S = 60.0
OUT_BYTES = 4 << 20

LEGACY_SOURCE = Path(__file__).with_name("legacy.py").read_text(encoding="utf-8")

CALM: Json = {"concurrency": 4, "per_origin": 4, "timeout": 60, "deadline": 300}
"""Options under which only what a test changes can matter."""


def rng_for(seed: int, scenario: str) -> random.Random:
    """A generator of a scenario's own, so that the order of tests changes nothing."""
    return random.Random(f"{seed}:{scenario}")


def small_value(rng: random.Random) -> Json:
    return {
        "total": rng.randrange(10**6),
        "tags": [f"{rng.getrandbits(16):x}" for _ in range(rng.randrange(4))],
    }


@dataclass(frozen=True)
class Entry:
    """A line of the manifest, and the value that an `ok` record of it has."""

    id: str
    url: str
    parser: str = "json"
    value: Any = None

    def line(self) -> Json:
        return {"id": self.id, "url": self.url, "parser": self.parser}


class Site:
    """An origin that answers each path by its plan. Give `handle` to `make_origin`, then `open` it."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._plans: dict[str, Plan] = {}

    def handle(self, exchange: Any) -> None:
        plan = self._plans.get(exchange.path)
        if plan is None:
            exchange.reply(404)
        else:
            plan(exchange)

    def entry(
        self, origin: Any, name: str, plan: Callable[[Any, Any], object] | None = None, value: Any = ...
    ) -> Entry:
        """A new path that answers by `plan(exchange, value)`, by default at once with the value as JSON."""
        token = f"{self.rng.getrandbits(40):010x}"
        path = f"/{name}/{token}"
        value = small_value(self.rng) if value is ... else value
        then = plan or answer
        self._plans[path] = lambda exchange: then(exchange, value)
        return Entry(f"{name}-{token}", f"{origin.url}{path}", "json", value)

    def entries(
        self, origin: Any, count: int, plan: Callable[[Any, Any], object] | None = None, name: str = "doc"
    ) -> list[Entry]:
        return [self.entry(origin, f"{name}{index}", plan) for index in range(count)]


def answer(exchange: Any, value: Any) -> None:
    # `reply(json=None)` would be an answer without a body.
    exchange.reply(200, json.dumps(value), {"Content-Type": "application/json"})


def held(*gates: Gate, then: Callable[[Any, Any], object] = answer) -> Callable[[Any, Any], object]:
    """Answer when all of these gates have been opened."""

    def plan(exchange: Any, value: Any) -> None:
        for gate in gates:
            if not exchange.hold(gate, HOLD_S) and exchange.client_gone:
                return
        then(exchange, value)

    return plan


def closed_gate() -> Gate:
    """A gate that only `open()` opens; `waiting` and `peak` tell who stands before it."""
    return Gate(1 << 30)


def path_of(entry: Entry) -> str:
    return "/" + entry.url.split("/", 3)[3]


def exchanges_of(origins: Iterable[Any], entry: Entry) -> list[Any]:
    """The requests for an entry's path."""
    return [exchange for origin in origins for exchange in origin.log if exchange.path == path_of(entry)]


def most_in_flight(exchanges: Iterable[Any]) -> int:
    """Over several origins. A request ends, at the latest, just before its answer is written."""
    edges = []
    for exchange in exchanges:
        ends = [end for end in (exchange.answered, exchange.ended) if end is not None]
        edges.append((exchange.arrived, 1))
        if ends:
            edges.append((min(ends), -1))
    in_flight = most = 0
    for _, step in sorted(edges):
        in_flight += step
        most = max(most, in_flight)
    return most


@dataclass(frozen=True)
class Run:
    """One finished run of the candidate: how it ended and what it wrote."""

    entries: Sequence[Entry]
    outcome: str
    exit_code: int | None
    signal: int | None
    out: bytes | None
    ended: float
    stderr: bytes = field(repr=False, default=b"")

    def records(self) -> list[Json]:
        """The output's lines; fails the test when there is no output or a line is no JSON object."""
        assert self.out is not None, f"there is no output (the process {self.outcome}, code {self.exit_code})"
        lines = [json.loads(line) for line in self.out.decode("utf-8").split("\n") if line.strip()]
        assert all(isinstance(line, dict) for line in lines), "a line of the output is no JSON object"
        return lines

    def record_of(self, entry: Entry) -> Json:
        found = [record for record in self.records() if record.get("id") == entry.id]
        assert len(found) == 1, f"{len(found)} records of {entry.id!r}; the process {self.outcome}"
        return found[0]

    def status_of(self, entry: Entry) -> Any:
        return self.record_of(entry).get("status")

    def statuses(self, entries: Iterable[Entry]) -> Counter[Any]:
        return Counter(self.status_of(entry) for entry in entries)

    def assert_ok(self, entries: Iterable[Entry]) -> None:
        """These have been harvested, each with its own value."""
        by_id = {record.get("id"): record for record in self.records()}
        for entry in entries:
            record = by_id.get(entry.id)
            assert record is not None, f"no record of {entry.id!r}; the process {self.outcome}"
            assert record.get("status") == "ok", f"status of {entry.id!r}"
            assert same_json(record.get("value"), entry.value), f"value of {entry.id!r}"


def same_json(left: Any, right: Any) -> bool:
    """Equal as JSON: True is not 1."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def start(solution: Any, entries: Sequence[Entry], **options: Any) -> Any:
    """Write the input and start the candidate; returns the process."""
    unknown = options.keys() - CALM.keys()
    assert not unknown, f"no such option: {unknown}"
    lines = [json.dumps(entry.line(), ensure_ascii=False) + "\n" for entry in entries]
    solution.put(f"{solution.tmp_dir}/manifest.jsonl", "".join(lines))
    solution.put("legacy.py", LEGACY_SOURCE)
    argv = ["python", "-m", "harvest"]
    argv += ["--manifest", f"{solution.tmp_dir}/manifest.jsonl", "--out", out_path(solution)]
    for name, value in (CALM | options).items():
        argv += [f"--{name.replace('_', '-')}", str(value)]
    return solution.start(argv)


def out_path(solution: Any) -> str:
    return f"{solution.tmp_dir}/out.jsonl"


def read_out(solution: Any) -> bytes | None:
    try:
        return solution.get(out_path(solution), max_bytes=OUT_BYTES)
    except OSError:
        return None


def finish(solution: Any, process: Any, entries: Sequence[Entry], timeout: float = 25.0) -> Run:
    """Wait for the end of the process (it is killed after `timeout` seconds) and read what it wrote."""
    completed = process.wait(timeout, check=False)
    ended = time.monotonic()
    return Run(
        entries=entries,
        outcome=completed.outcome,
        exit_code=completed.exit_code,
        signal=completed.signal,
        out=read_out(solution),
        ended=ended,
        stderr=completed.stderr,
    )


def run_harvest(solution: Any, entries: Sequence[Entry], **options: Any) -> Run:
    """Run the candidate to its end, against origins that need no help."""
    return finish(solution, start(solution, entries, **options), entries, FIRST_CONTACT_S)


def holds(check: Callable[[Any], None], result: Any) -> bool:
    try:
        check(result)
    except (AssertionError, ValueError):
        return False
    return True


def run_until_right(runs: Iterable[Any], *checks: Callable[[Any], None]) -> list[Any]:
    """Take runs of one scenario until all checks hold for one of them, or one sends no request at all.

    For what a busy machine can break and chance cannot mend. Each result has its `origin`.
    """
    results: list[Any] = []
    for result in runs:
        results.append(result)
        if all(holds(check, result) for check in checks) or not result.origin.log:
            break
    return results


def assert_for_one(results: Sequence[Any], check: Callable[[Any], None]) -> None:
    """The check holds for one of the runs; otherwise the last one says why not."""
    if not any(holds(check, result) for result in results[:-1]):
        check(results[-1])


def wait_while_busy(
    process: Any, origins: Sequence[Any], ready: Callable[[], bool], stall_s: float = STALL_S
) -> bool:
    """Wait until `ready`, at most `stall_s` without a new request; say whether it came to be.

    The first request may take long; without one there is nothing to wait for, and the process is killed. Ends
    early when the process has ended: nothing more can come.
    """
    arrivals, limit = 0, time.monotonic() + FIRST_CONTACT_S
    look_again = 0.0
    while not ready():
        now = time.monotonic()
        seen = sum(len(origin.log) for origin in origins)
        if seen > arrivals:
            arrivals, limit = seen, now + stall_s
        if now >= limit:
            if not arrivals:
                process.kill()
            return ready()
        if now >= look_again:
            if not process.running:
                return ready()
            look_again = now + POLL_S
        origins[0].wait_change(0.05)
    return True


def wait_until_quiet(process: Any, origins: Sequence[Any], quiet_s: float) -> None:
    """Wait until requests have come, and none for `quiet_s` any more."""
    wait_while_busy(process, origins, lambda: False, quiet_s)
