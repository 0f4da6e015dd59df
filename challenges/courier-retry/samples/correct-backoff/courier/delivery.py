"""`backoff.runtime` computes each wait from the failure; the jitter is ours, so the library's is off."""

import asyncio
import random
import time
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Any

import aiohttp
import backoff

from courier.breaker import Breaker

RETRIED = {408, 425, 429, 500, 502, 503, 504}


class Failed(Exception):
    """An attempt that may be repeated after `wait_s`."""

    def __init__(self, reason: str, wait_s: float) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


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
        self.events = events
        self.endpoint = endpoint
        self.policy = policy
        self.lines: list[dict[str, Any]] = [
            {"id": event["id"], "outcome": "cancelled", "attempts": 0, "last_error": None} for event in events
        ]

    async def run(self) -> None:
        self.breaker = Breaker(self.policy["breaker"])
        todo: asyncio.Queue[int] = asyncio.Queue()
        for index in range(len(self.events)):
            todo.put_nowait(index)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
            await asyncio.gather(*(self.work(session, todo) for _ in range(self.policy["parallel"])))

    async def work(self, session: aiohttp.ClientSession, todo: asyncio.Queue[int]) -> None:
        while not todo.empty():
            index = todo.get_nowait()
            await self.deliver(session, self.events[index], self.lines[index])

    async def deliver(
        self, session: aiohttp.ClientSession, event: dict[str, Any], line: dict[str, Any]
    ) -> None:
        deadline = time.monotonic() + self.policy["event_deadline_ms"] / 1000
        attempt = backoff.on_exception(
            backoff.runtime,
            Failed,
            value=lambda failure: failure.wait_s,
            max_tries=self.policy["max_attempts"],
            giveup=lambda failure: time.monotonic() + failure.wait_s >= deadline,
            jitter=None,
            logger=None,
        )(self.attempt)
        try:
            await attempt(session, event, line, deadline)
        except Failed:
            line["outcome"] = "gave_up"
        except Rejected as error:
            line.update(outcome="rejected", last_error=str(error))
        else:
            line.update(outcome="ok", last_error=None)

    def wait_after(self, number: int, asked: float = 0.0) -> float:
        top = min(self.policy["cap_ms"], self.policy["base_ms"] * 2 ** (number - 1)) / 1000
        return max(top * random.uniform(0.5, 1), asked)

    async def attempt(
        self, session: aiohttp.ClientSession, event: dict[str, Any], line: dict[str, Any], deadline: float
    ) -> None:
        permit = await self.breaker.enter(deadline)
        if permit is None:
            line["last_error"] = line["last_error"] or "the breaker is open"
            raise Failed(line["last_error"], 0.0)
        line["attempts"] += 1
        alive = False
        try:
            await self.post(session, event, line["attempts"], deadline)
            alive = True
        except Rejected:
            alive = True
            raise
        except Failed as error:
            line["last_error"] = str(error)
            raise
        finally:
            self.breaker.leave(permit, alive)

    async def post(
        self, session: aiohttp.ClientSession, event: dict[str, Any], number: int, deadline: float
    ) -> None:
        seconds = min(self.policy["attempt_timeout_ms"] / 1000, deadline - time.monotonic())
        headers = {
            "Idempotency-Key": blake2b(event["id"].encode(), digest_size=20).hexdigest(),
            "X-Attempt": str(number),
        }
        try:
            async with session.post(
                self.endpoint,
                json=event,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=max(seconds, 0.001)),
            ) as response:
                await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Failed(f"{type(error).__name__}: {error}", self.wait_after(number)) from error
        if response.status in RETRIED:
            asked = retry_after(response.headers.get("Retry-After"))
            raise Failed(f"HTTP {response.status}", self.wait_after(number, asked))
        if not 200 <= response.status < 300:
            raise Rejected(f"HTTP {response.status}")
