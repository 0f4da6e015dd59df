"""How long to wait before the next attempt."""

import math
import random
import time
from email.utils import parsedate_to_datetime

from courier.inputs import Policy

# 2**62 ms is longer than any cap; a larger exponent would only build a huge integer to throw away.
MAX_DOUBLINGS = 62
# More digits than this are centuries: beyond every deadline, and int() of thousands of digits raises.
MAX_SECONDS_DIGITS = 10


def backoff(policy: Policy, failed_attempts: int, rng: random.Random) -> float:
    """Equal jitter, in seconds: uniform in the upper half of the capped exponential."""
    doublings = min(failed_attempts - 1, MAX_DOUBLINGS)
    ceiling_ms = min(policy.cap_ms, policy.base_ms * 2**doublings)
    return rng.uniform(ceiling_ms / 2, ceiling_ms) / 1000


def parse_retry_after(value: str | None, now: float | None = None) -> float:
    """The seconds that a Retry-After header asks for; 0 when it is absent, malformed or in the past.

    `now` is the wall clock (an HTTP-date is absolute), by default the present.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= MAX_SECONDS_DIGITS else math.inf
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, date.timestamp() - (time.time() if now is None else now))
