"""Results are on disk as they come, and SIGTERM ends the run cleanly."""

import json
import signal
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from support import HOLD_S, POLL_S, Entry, Run, Site, finish, read_out, rng_for, start, wait_while_busy

pytestmark = pytest.mark.group("shutdown")

ON_DISK_S = 6.0
"""The README says 2; the rest is for a busy machine. The run itself would last for minutes."""

LIMIT_S = 13.0
"""The README says 10."""


@dataclass(frozen=True)
class Stopped:
    run: Run
    done: list[Entry]
    unfinished: list[Entry]
    started: bool
    missing_before: set[str]
    """Ids of finished requests whose record was not on disk while the run went on."""
    took_s: float
    closed: bool
    """Whether no request was in flight any more."""


@pytest.fixture(scope="module")
def stopped(sandbox, make_origin, seed) -> Stopped:
    """Six answers, then only requests that hang; SIGTERM when the records of the six should be on disk."""
    site = Site(rng_for(seed, "shutdown"))
    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        done = site.entries(origin, 6, name="done")
        unfinished = site.entries(origin, 12, lambda exchange, _: exchange.hang(HOLD_S), name="hanging")

        def hanging() -> bool:
            return len(origin.log) > len(done) and origin.in_flight > 0

        process = start(solution, done + unfinished)
        started = wait_while_busy(process, [origin], hanging)
        missing = wait_for_records(solution, {entry.id for entry in done}) if started else set()
        sent = time.monotonic()
        process.signal(signal.SIGTERM)
        run = finish(solution, process, done + unfinished, LIMIT_S + 4)
        closed = origin.wait_for(lambda: origin.in_flight == 0, 2)
    return Stopped(run, done, unfinished, started, missing, run.ended - sent, closed)


def wait_for_records(solution: Any, wanted: set[str]) -> set[str]:
    """Wait until these have a record in the output; returns those that have none."""
    limit = time.monotonic() + ON_DISK_S
    while True:
        missing = wanted - ids_in(read_out(solution) or b"")
        if not missing or time.monotonic() >= limit:
            return missing
        time.sleep(POLL_S)


def ids_in(out: bytes) -> set[str]:
    """Of the lines that are complete and valid."""
    found = set()
    for line in out.split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            found.add(str(record.get("id")))
    return found


def test_records_are_on_disk_while_the_run_goes_on(stopped: Stopped) -> None:
    assert stopped.started, "the run did not come so far"
    assert not stopped.missing_before, f"{len(stopped.missing_before)} of {len(stopped.done)} are not there"


def test_sigterm_ends_the_run_with_complete_output_and_closed_connections(stopped: Stopped) -> None:
    run = stopped.run
    assert stopped.started, "the run did not come so far"
    assert stopped.took_s <= LIMIT_S, "SIGTERM did not end the run"
    assert run.exit_code == 143 or run.signal == signal.SIGTERM, f"it ended with {run.exit_code}"
    assert stopped.closed, "connections are still open"
    run.assert_ok(stopped.done)
    reported = Counter(str(record.get("id")) for record in run.records())
    assert reported == Counter(entry.id for entry in run.entries)
    assert run.statuses(stopped.unfinished) == {"cancelled": len(stopped.unfinished)}
