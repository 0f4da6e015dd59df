"""One attempt: a single POST, its total timeout, and what its end means."""

import asyncio
import hashlib
from dataclasses import dataclass
from enum import Enum, auto

import httpx

from courier.inputs import Event
from courier.schedule import parse_retry_after

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class Verdict(Enum):
    DELIVERED = auto()
    RETRY = auto()
    REJECTED = auto()


@dataclass(frozen=True)
class Result:
    verdict: Verdict
    error: str | None = None
    retry_after_s: float = 0.0


def idempotency_key(event: Event) -> str:
    """Derived from the id alone, so that every run over the same events uses the same keys."""
    return hashlib.sha256(event.id.encode()).hexdigest()


def classify(response: httpx.Response) -> Result:
    if response.is_success:
        return Result(Verdict.DELIVERED)
    error = f"HTTP {response.status_code}"
    if response.status_code in RETRIED_STATUSES:
        return Result(Verdict.RETRY, error, parse_retry_after(response.headers.get("Retry-After")))
    return Result(Verdict.REJECTED, error)


async def send(
    client: httpx.AsyncClient, endpoint: str, event: Event, number: int, timeout_s: float
) -> Result:
    """Make attempt `number` of `event`; it ends within `timeout_s`, however slowly the answer drips."""
    headers = {"Idempotency-Key": idempotency_key(event), "X-Attempt": str(number)}
    body = {"id": event.id, "payload": event.payload}
    try:
        # httpx's own timeouts bound single reads; only this one bounds their sum.
        async with asyncio.timeout(timeout_s):
            return classify(await client.post(endpoint, json=body, headers=headers))
    except TimeoutError:
        return Result(Verdict.RETRY, f"timeout after {timeout_s:.3f} s")
    except httpx.TransportError as error:
        return Result(Verdict.RETRY, f"{type(error).__name__}: {error}")
