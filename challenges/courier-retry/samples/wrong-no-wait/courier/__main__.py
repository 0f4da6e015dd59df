"""Deliver events with threads and http.client; nothing but the standard library."""

import argparse
import hashlib
import http.client
import json
import queue
import random
import signal
import sys
import threading
import time
import urllib.parse
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

RETRIED = {408, 425, 429, 500, 502, 503, 504}


@dataclass
class Record:
    event: dict[str, Any]
    outcome: str = "cancelled"
    attempts: int = 0
    last_error: str | None = None


class Retry(Exception):
    """The attempt failed in a way that can heal."""

    def __init__(self, reason: str, retry_after: float = 0.0, answered: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.answered = answered


class Rejected(Exception):
    """The endpoint does not want this event."""


class Stopped(Exception):
    """SIGTERM came."""


class DeadlinePassed(Exception):
    """The event's time is over."""


class Breaker:
    """Closed (opened_until is None), open, or half-open with at most one probe."""

    def __init__(self, policy: dict[str, int] | None, stop: threading.Event) -> None:
        self.policy = policy
        self.stop = stop
        self.failures = 0
        self.spell = 0
        self.opened_until: float | None = None
        self.probing = False
        self.changed = threading.Condition()

    def enter(self, deadline: float) -> int:
        with self.changed:
            while not self.stop.is_set():
                now = time.monotonic()
                if self.opened_until is None:
                    return self.spell
                if now >= self.opened_until and not self.probing:
                    self.probing = True
                    return self.spell
                if now >= deadline:
                    raise DeadlinePassed
                wake = deadline if self.probing else min(deadline, self.opened_until)
                self.changed.wait(min(wake - now, 0.5))
        raise Stopped

    def leave(self, spell: int, alive: bool) -> None:
        if self.policy is None:
            return
        with self.changed:
            if spell != self.spell:
                return
            half_open = self.opened_until is not None
            self.failures = 0 if alive else self.failures + 1
            if half_open or self.failures >= self.policy["failures"]:
                self.spell += 1
                self.failures = 0
                self.probing = False
                self.opened_until = None if alive else time.monotonic() + self.policy["cooldown_ms"] / 1000
                self.changed.notify_all()


def retry_after(value: str | None) -> float:
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 0.0


def backoff(policy: dict[str, Any], failed: int) -> float:
    ceiling = min(policy["cap_ms"], policy["base_ms"] * 2 ** (failed - 1))
    return random.uniform(ceiling / 2, ceiling) / 1000


def key_of(event: dict[str, Any]) -> str:
    return hashlib.sha256(event["id"].encode()).hexdigest()


def exchange(
    url: urllib.parse.SplitResult, event: dict[str, Any], number: int, timeout: float
) -> tuple[int, str | None]:
    """One POST within `timeout` seconds in total; returns the status and Retry-After."""
    end = time.monotonic() + timeout

    def left() -> float:
        seconds = end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("attempt timeout")
        return seconds

    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key_of(event),
        "X-Attempt": str(number),
        "Connection": "close",
    }
    assert url.hostname
    connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=timeout)
    try:
        connection.connect()
        stream = connection.sock
        stream.settimeout(left())
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("POST", path, json.dumps(event).encode(), headers)
        stream.settimeout(left())
        response = connection.getresponse()
        # A read at a time, so that a dripping endpoint cannot stretch the attempt.
        while not response.isclosed():
            stream.settimeout(left())
            if not response.read1(65536):
                break
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return response.status, response.headers.get("Retry-After")
    finally:
        connection.close()


def attempt(url: urllib.parse.SplitResult, event: dict[str, Any], number: int, timeout: float) -> None:
    try:
        status, header = exchange(url, event, number, timeout)
    except (OSError, http.client.HTTPException) as error:
        raise Retry(f"{type(error).__name__}: {error}") from error
    if status in RETRIED:
        raise Retry(f"status {status}", retry_after(header), answered=True)
    if not 200 <= status < 300:
        raise Rejected(f"status {status}")


class Courier:
    def __init__(self, events: list[dict[str, Any]], endpoint: str, policy: dict[str, Any]) -> None:
        self.policy = policy
        self.url = urllib.parse.urlsplit(endpoint)
        self.records = [Record(event) for event in events]
        self.stop = threading.Event()
        self.breaker = Breaker(policy["breaker"], self.stop)
        self.todo: queue.SimpleQueue[Record] = queue.SimpleQueue()
        for record in self.records:
            self.todo.put(record)
        self.workers = [
            threading.Thread(target=self.work, daemon=True)
            for _ in range(min(policy["parallel"], len(events)))
        ]

    def run(self) -> None:
        """Until all events are done, or `stop` is set."""
        for worker in self.workers:
            worker.start()
        for worker in self.workers:
            while worker.is_alive() and not self.stop.is_set():
                worker.join(0.1)

    def work(self) -> None:
        while not self.stop.is_set():
            try:
                record = self.todo.get_nowait()
            except queue.Empty:
                return
            try:
                outcome, error = self.deliver(record)
            except Stopped:
                return
            record.outcome, record.last_error = outcome, error

    def deliver(self, record: Record) -> tuple[str, str | None]:
        deadline = time.monotonic() + self.policy["event_deadline_ms"] / 1000
        error: str = "the breaker is open"
        for number in range(1, self.policy["max_attempts"] + 1):
            try:
                self.try_once(record, number, deadline)
                return "ok", None
            except Rejected as rejected:
                return "rejected", str(rejected)
            except DeadlinePassed:
                return "gave_up", error
            except Retry as failure:
                error = str(failure)
                wait = failure.retry_after if failure.answered else backoff(self.policy, number)
            if number == self.policy["max_attempts"] or time.monotonic() + wait >= deadline:
                break
            if self.stop.wait(wait):
                raise Stopped
        return "gave_up", error

    def try_once(self, record: Record, number: int, deadline: float) -> None:
        spell = self.breaker.enter(deadline)
        alive = True
        try:
            if self.stop.is_set():
                raise Stopped
            record.attempts = number
            timeout = min(self.policy["attempt_timeout_ms"] / 1000, deadline - time.monotonic())
            attempt(self.url, record.event, number, max(timeout, 0.001))
        except Retry:
            alive = False
            raise
        finally:
            self.breaker.leave(spell, alive)


def write_report(path: Path, records: list[Record]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for record in records:
            line = {
                "id": record.event["id"],
                "outcome": record.outcome,
                "attempts": record.attempts,
                "last_error": record.last_error,
            }
            out.write(json.dumps(line) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    for name in ("events", "endpoint", "policy", "report"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with open(options.events, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    policy = json.loads(Path(options.policy).read_text(encoding="utf-8"))

    courier = Courier(events, options.endpoint, policy)
    signal.signal(signal.SIGTERM, lambda *_: courier.stop.set())
    courier.run()
    stopped = courier.stop.is_set()
    write_report(Path(options.report), courier.records)
    if stopped:
        return 143
    return 0 if all(record.outcome == "ok" for record in courier.records) else 2


if __name__ == "__main__":
    sys.exit(main())
