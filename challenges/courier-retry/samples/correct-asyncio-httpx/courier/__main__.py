"""All events run as tasks; a semaphore bounds the requests, so a waiting event keeps no place."""

import argparse
import asyncio
import hashlib
import json
import random
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

RETRIED = {408, 425, 429} | {500, 502, 503, 504}
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"

Json = dict[str, Any]


class Gate:
    """Places for `parallel` requests, and the circuit breaker in front of them."""

    def __init__(self, parallel: int, breaker: Json | None) -> None:
        self.places = asyncio.Semaphore(parallel)
        self.breaker = breaker
        self.failures = 0
        self.epoch = 0
        self.opened_until: float | None = None
        self.probe: asyncio.Future[None] | None = None

    async def enter(self) -> int:
        """Take a place. The breaker is asked only with a place in hand, so nobody slips past it."""
        while True:
            await self.places.acquire()
            if self.opened_until is None:
                return self.epoch
            left = self.opened_until - time.monotonic()
            if left <= 0 and self.probe is None:
                self.probe = asyncio.get_running_loop().create_future()
                return self.epoch
            self.places.release()
            if left > 0:
                await asyncio.sleep(left)
            elif self.probe is not None:
                await asyncio.shield(self.probe)

    def leave(self, epoch: int, alive: bool) -> None:
        self.places.release()
        if self.breaker is None or epoch != self.epoch:
            return
        self.failures = 0 if alive else self.failures + 1
        if self.opened_until is None and self.failures < self.breaker["failures"]:
            return
        self.epoch += 1
        self.failures = 0
        self.opened_until = None if alive else time.monotonic() + self.breaker["cooldown_ms"] / 1000
        if self.probe is not None:
            self.probe.set_result(None)
            self.probe = None


def asked_wait(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return float(value)
    with suppress(ValueError):
        date = datetime.strptime(value, HTTP_DATE).replace(tzinfo=UTC)
        return max(0.0, date.timestamp() - time.time())
    return 0.0


class Courier:
    def __init__(self, events: list[Json], endpoint: str, policy: Json) -> None:
        self.events = events
        self.endpoint = endpoint
        self.policy = policy
        self.report: dict[str, Json] = {
            event["id"]: {"id": event["id"], "outcome": "cancelled", "attempts": 0, "last_error": None}
            for event in events
        }

    async def run(self) -> bool:
        self.gate = Gate(self.policy["parallel"], self.policy["breaker"])
        everything = asyncio.ensure_future(self.deliver_all())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, everything.cancel)
        with suppress(asyncio.CancelledError):
            await everything
        return not everything.cancelled()

    async def deliver_all(self) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        client = httpx.AsyncClient(timeout=None, limits=limits, trust_env=False)
        async with client, asyncio.TaskGroup() as group:
            for event in self.events:
                group.create_task(self.deliver(client, event))

    async def deliver(self, client: httpx.AsyncClient, event: Json) -> None:
        line = self.report[event["id"]]
        deadline: float | None = None
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    permit = await self.gate.enter()
            except TimeoutError:
                line.update(outcome="gave_up", last_error=line["last_error"] or "no permit in time")
                return
            now = time.monotonic()
            deadline = deadline or now + self.policy["event_deadline_ms"] / 1000
            line["attempts"] += 1
            alive = True
            try:
                seconds = min(self.policy["attempt_timeout_ms"] / 1000, deadline - now)
                status, asked = await self.post(client, event, line["attempts"], seconds)
                alive = not (isinstance(status, str) or status in RETRIED)
            finally:
                self.gate.leave(permit, alive)

            if isinstance(status, int) and 200 <= status < 300:
                line.update(outcome="ok", last_error=None)
                return
            line["last_error"] = f"{status}"
            if alive:
                line["outcome"] = "rejected"
                return
            wait = max(self.drawn_wait(line["attempts"]), asked)
            if line["attempts"] >= self.policy["max_attempts"] or time.monotonic() + wait >= deadline:
                line["outcome"] = "gave_up"
                return
            await asyncio.sleep(wait)

    def drawn_wait(self, failed: int) -> float:
        top = self.policy["base_ms"]
        for _ in range(failed - 1):
            top *= 2
            if top >= self.policy["cap_ms"]:
                break
        top = min(top, self.policy["cap_ms"])
        return (top + random.random() * top) / 2000

    async def post(
        self, client: httpx.AsyncClient, event: Json, number: int, seconds: float
    ) -> tuple[int | str, float]:
        """The status, or what went wrong; and the wait that the endpoint asked for."""
        key = hashlib.md5(event["id"].encode(), usedforsecurity=False).hexdigest()
        try:
            async with asyncio.timeout(seconds):
                response = await client.post(
                    self.endpoint, json=event, headers={"Idempotency-Key": key, "X-Attempt": str(number)}
                )
        except TimeoutError:
            return "attempt timeout", 0.0
        except httpx.TransportError as error:
            return type(error).__name__, 0.0
        return response.status_code, asked_wait(response)


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    for name in ("events", "endpoint", "policy", "report"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with open(options.events, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    courier = Courier(events, options.endpoint, json.loads(Path(options.policy).read_text(encoding="utf-8")))
    finished = asyncio.run(courier.run())
    with open(options.report, "w", encoding="utf-8") as out:
        for line in courier.report.values():
            out.write(json.dumps(line) + "\n")
    if not finished:
        return 143
    return 0 if all(line["outcome"] == "ok" for line in courier.report.values()) else 2


if __name__ == "__main__":
    sys.exit(main())
