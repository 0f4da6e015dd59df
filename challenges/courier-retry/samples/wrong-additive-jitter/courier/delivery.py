"""The retry loop is tenacity's: our own wait, stop and sleep, everything else stock."""

import threading
import time
import uuid
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import tenacity
import urllib3

from courier.breaker import Breaker

RETRIED = {408, 425, 429, 500, 502, 503, 504}
NAMESPACE = uuid.UUID("7f1d8a5e-6a39-4f0c-9df4-2a1a0a9c9f10")


class Failed(Exception):
    """An attempt that may be repeated."""

    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Rejected(Exception):
    """An answer that will not change."""


class Stopped(BaseException):
    """SIGTERM came; not an Exception, so that no retry rule ever sees it."""


def retry_after(value: str | None) -> float:
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 0.0


class Courier:
    def __init__(
        self, events: list[dict[str, Any]], endpoint: str, policy: dict[str, Any], stop: threading.Event
    ) -> None:
        self.events = events
        self.endpoint = endpoint
        self.policy = policy
        self.stop = stop
        self.breaker = Breaker(policy["breaker"], stop)
        base, cap = policy["base_ms"] / 1000, policy["cap_ms"] / 1000
        self.drawn = tenacity.wait_exponential_jitter(initial=base, max=cap + 1)
        self.lines = {
            e["id"]: {"id": e["id"], "outcome": "cancelled", "attempts": 0, "last_error": None}
            for e in events
        }
        self.queue = iter(events)
        self.lock = threading.Lock()

    def report(self) -> list[dict[str, Any]]:
        return list(self.lines.values())

    def work(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while not self.stop.is_set():
            with self.lock:
                event = next(self.queue, None)
            if event is None:
                return
            try:
                self.deliver(session, event)
            except Stopped:
                return

    def deliver(self, session: requests.Session, event: dict[str, Any]) -> None:
        line = self.lines[event["id"]]
        deadline = time.monotonic() + self.policy["event_deadline_ms"] / 1000

        def crosses_deadline(state: tenacity.RetryCallState) -> bool:
            return time.monotonic() + state.upcoming_sleep >= deadline

        retrying = tenacity.Retrying(
            wait=self.wait,
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(self.policy["max_attempts"]), crosses_deadline
            ),
            retry=tenacity.retry_if_exception_type(Failed),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            retrying(self.attempt, session, event, deadline)
        except Failed as error:
            line.update(outcome="gave_up", last_error=str(error))
        except Rejected as error:
            line.update(outcome="rejected", last_error=str(error))
        else:
            line.update(outcome="ok", last_error=None)

    def wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, Failed) else 0.0
        return max(self.drawn(state), asked)

    def sleep(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise Stopped

    def attempt(self, session: requests.Session, event: dict[str, Any], deadline: float) -> None:
        line = self.lines[event["id"]]
        permit = self.breaker.acquire(deadline)
        if self.stop.is_set():
            raise Stopped
        if permit is None:
            raise Failed(line["last_error"] or "the breaker is open")
        line["attempts"] += 1
        alive = True
        try:
            self.post(session, event, line["attempts"], deadline)
        except Failed as error:
            line["last_error"] = str(error)
            alive = False
            raise
        finally:
            self.breaker.release(permit, alive)

    def post(self, session: requests.Session, event: dict[str, Any], number: int, deadline: float) -> None:
        end = min(time.monotonic() + self.policy["attempt_timeout_ms"] / 1000, deadline)
        headers = {
            "Idempotency-Key": str(uuid.uuid5(NAMESPACE, event["id"])),
            "X-Attempt": str(number),
        }
        try:
            with session.post(
                self.endpoint,
                json=event,
                headers=headers,
                timeout=max(0.001, end - time.monotonic()),
                allow_redirects=False,
                stream=True,
            ) as response:
                # requests' timeout is per read; looking at the clock between reads bounds the sum.
                while response.raw.read1(65536):
                    if time.monotonic() >= end:
                        raise Failed("attempt timeout")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Failed(f"{type(error).__name__}: {error}") from error
        if response.status_code in RETRIED:
            raise Failed(f"HTTP {response.status_code}", retry_after(response.headers.get("Retry-After")))
        if not 200 <= response.status_code < 300:
            raise Rejected(f"HTTP {response.status_code}")
