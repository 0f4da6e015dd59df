"""stamina's backoff hook may return the wait itself: that is how its own additive jitter is replaced."""

import random
import time
import uuid
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import anyio
import httpx
import stamina
import stamina.instrumentation

from courier.breaker import Breaker

stamina.instrumentation.set_on_retry_hooks([])

RETRIED = {408, 425, 429, 500, 502, 503, 504}


class Failed(Exception):
    """An attempt that may be repeated."""

    def __init__(self, reason: str, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Rejected(Exception):
    """An answer that will not change."""


def retry_after(value: str | None) -> float:
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 0.0


class Courier:
    def __init__(self, events: list[dict[str, Any]], endpoint: str, policy: dict[str, Any]) -> None:
        self.endpoint = endpoint
        self.policy = policy
        self.lines: list[dict[str, Any]] = [
            {"id": event["id"], "outcome": "cancelled", "attempts": 0, "last_error": None} for event in events
        ]
        self.todo = iter(list(zip(events, self.lines, strict=True)))
        self.breaker = Breaker(policy["breaker"])

    async def run(self) -> None:
        limits = httpx.Limits(max_connections=None)
        client = httpx.AsyncClient(timeout=None, limits=limits, trust_env=False)
        async with client, anyio.create_task_group() as group:
            for _ in range(min(self.policy["parallel"], len(self.lines))):
                group.start_soon(self.work, client, self.todo)

    async def work(
        self, client: httpx.AsyncClient, todo: Iterator[tuple[dict[str, Any], dict[str, Any]]]
    ) -> None:
        for event, line in todo:
            await self.deliver(client, event, line)

    async def deliver(self, client: httpx.AsyncClient, event: dict[str, Any], line: dict[str, Any]) -> None:
        deadline = anyio.current_time() + self.policy["event_deadline_ms"] / 1000

        def wait_or_give_up(error: Exception) -> bool | float:
            if not isinstance(error, Failed):
                return False
            top = (
                min(self.policy["cap_ms"], self.policy["base_ms"] * 2 ** max(0, line["attempts"] - 1)) / 1000
            )
            wait = max(random.uniform(top / 2, top), error.retry_after)
            return wait if anyio.current_time() + wait < deadline else False

        try:
            async for attempt in stamina.retry_context(
                on=wait_or_give_up, attempts=self.policy["max_attempts"], timeout=None
            ):
                with attempt:
                    await self.attempt(client, event, line, deadline)
        except Failed as error:
            line.update(outcome="gave_up", last_error=str(error))
        except Rejected as error:
            line.update(outcome="rejected", last_error=str(error))
        else:
            line.update(outcome="ok", last_error=None)

    async def attempt(
        self, client: httpx.AsyncClient, event: dict[str, Any], line: dict[str, Any], deadline: float
    ) -> None:
        with anyio.move_on_at(deadline) as waiting:
            permit = await self.breaker.enter()
        if waiting.cancelled_caught:
            raise Failed(line["last_error"] or "the breaker is open")
        line["attempts"] += 1
        alive = True
        try:
            await self.post(client, event, line["attempts"], deadline)
        except Failed as error:
            line["last_error"] = str(error)
            alive = False
            raise
        finally:
            self.breaker.leave(permit, alive)

    async def post(
        self, client: httpx.AsyncClient, event: dict[str, Any], number: int, deadline: float
    ) -> None:
        seconds = min(self.policy["attempt_timeout_ms"] / 1000, deadline - anyio.current_time())
        headers = {
            "Idempotency-Key": str(uuid.uuid5(uuid.NAMESPACE_URL, event["id"])),
            "X-Attempt": str(number),
        }
        try:
            with anyio.fail_after(seconds):
                response = await client.post(self.endpoint, json=event, headers=headers)
        except (TimeoutError, httpx.TransportError) as error:
            raise Failed(f"{type(error).__name__}: {error}") from error
        if response.status_code in RETRIED:
            raise Failed(f"HTTP {response.status_code}", retry_after(response.headers.get("Retry-After")))
        if not response.is_success:
            raise Rejected(f"HTTP {response.status_code}")
