"""A breaker for asyncio, built on a condition."""

import asyncio
import time


class Breaker:
    def __init__(self, policy: dict[str, int] | None) -> None:
        self._policy = policy
        self._failures = 0
        self._spell = 0
        self._open_until = 0.0
        self._state = "closed"
        self._tick = asyncio.Event()

    async def enter(self, deadline: float) -> int | None:
        """A permit for one attempt, or None when the deadline came first."""
        while True:
            now = time.monotonic()
            if self._state == "closed":
                return self._spell
            if self._state == "open" and now >= self._open_until:
                self._state = "probing"
                return self._spell
            if now >= deadline:
                return None
            wake = deadline if self._state == "probing" else min(deadline, self._open_until)
            try:
                await asyncio.wait_for(self._tick.wait(), wake - now)
            except TimeoutError:
                continue

    def leave(self, permit: int, alive: bool) -> None:
        if self._policy is None or permit != self._spell:
            return
        self._failures = 0 if alive else self._failures + 1
        if self._state == "probing" or self._failures >= self._policy["failures"]:
            self._state = "closed" if alive else "open"
            self._open_until = time.monotonic() + self._policy["cooldown_ms"] / 1000
            self._failures = 0
            self._spell += 1
            self._tick.set()
            self._tick = asyncio.Event()
