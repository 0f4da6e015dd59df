"""Deliver every event: a few workers take events from a queue and see each through to its end."""

import asyncio
import random
from collections.abc import Iterator

import httpx

from courier.attempt import Verdict, send
from courier.breaker import Breaker
from courier.inputs import Event, Policy
from courier.report import Outcome, Record
from courier.schedule import backoff


class Courier:
    """One run over a list of events. `records` is complete and truthful at any moment."""

    def __init__(self, events: list[Event], endpoint: str, policy: Policy) -> None:
        self.records = [Record(event.id) for event in events]
        self._events = events
        self._endpoint = endpoint
        self._policy = policy
        self._rng = random.Random()

    async def run(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._breaker = Breaker(self._policy.breaker, self._clock)
        queue = iter(list(zip(self._events, self.records, strict=True)))
        # `parallel` bounds the connections already, and attempts have a total timeout of their own.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=self._policy.parallel)
        async with (
            httpx.AsyncClient(limits=limits, timeout=None, trust_env=False) as client,
            asyncio.TaskGroup() as workers,
        ):
            for _ in range(min(self._policy.parallel, len(self._events))):
                workers.create_task(self._work(queue, client))

    async def _work(self, queue: Iterator[tuple[Event, Record]], client: httpx.AsyncClient) -> None:
        for event, record in queue:
            record.close(await self._deliver(event, record, client))

    async def _deliver(self, event: Event, record: Record, client: httpx.AsyncClient) -> Outcome:
        policy = self._policy
        deadline = self._clock() + policy.event_deadline_ms / 1000
        for number in range(1, policy.max_attempts + 1):
            verdict, retry_after_s = await self._attempt(event, record, client, deadline)
            if verdict is Verdict.DELIVERED:
                return Outcome.OK
            if verdict is Verdict.REJECTED:
                return Outcome.REJECTED
            if number == policy.max_attempts:
                break
            wait_s = max(backoff(policy, number, self._rng), retry_after_s)
            if self._clock() + wait_s >= deadline:
                break
            await asyncio.sleep(wait_s)
        return Outcome.GAVE_UP

    async def _attempt(
        self, event: Event, record: Record, client: httpx.AsyncClient, deadline: float
    ) -> tuple[Verdict, float]:
        """Make one attempt once the breaker permits it; say how it ended and which Retry-After came."""
        try:
            async with asyncio.timeout_at(deadline):
                permit = await self._breaker.acquire()
        except TimeoutError:
            record.last_error = record.last_error or "the breaker stayed open up to the deadline"
            return Verdict.RETRY, 0.0
        with permit:
            record.attempts += 1
            timeout_s = min(self._policy.attempt_timeout_ms / 1000, deadline - self._clock())
            result = await send(client, self._endpoint, event, record.attempts, timeout_s)
            permit.settle(endpoint_answers=result.verdict is not Verdict.RETRY)
        record.last_error = result.error
        return result.verdict, result.retry_after_s
