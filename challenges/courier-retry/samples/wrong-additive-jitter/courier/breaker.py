"""A breaker for threads."""

import threading
import time


class Breaker:
    def __init__(self, policy: dict[str, int] | None, stop: threading.Event) -> None:
        self._policy = policy
        self._stop = stop
        self._condition = threading.Condition()
        self._generation = 0
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False

    def acquire(self, deadline: float) -> int | None:
        """The generation of the permit, or None when the deadline comes first (or SIGTERM)."""
        with self._condition:
            while not self._stop.is_set():
                now = time.monotonic()
                if self._open_until is None:
                    return self._generation
                if now >= self._open_until and not self._probing:
                    self._probing = True
                    return self._generation
                if now >= deadline:
                    return None
                until = self._open_until if now < self._open_until else deadline
                self._condition.wait(max(0.0, min(until, deadline) - now))
        return None

    def release(self, generation: int, alive: bool) -> None:
        with self._condition:
            if self._policy is None or generation != self._generation:
                return
            self._failures = 0 if alive else self._failures + 1
            if self._open_until is not None or self._failures >= self._policy["failures"]:
                self._open_until = None if alive else time.monotonic() + self._policy["cooldown_ms"] / 1000
                self._generation += 1
                self._failures = 0
                self._probing = False
                self._condition.notify_all()
