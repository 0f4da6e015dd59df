"""A circuit breaker that all events of the process share."""

import asyncio
import math
from collections.abc import Callable
from types import TracebackType

from courier.inputs import BreakerPolicy


class Permit:
    """Leave to make one attempt: settle it when the attempt has ended, leave the block in any case."""

    def __init__(self, breaker: "Breaker", spell: int, is_probe: bool) -> None:
        self._breaker = breaker
        self._spell = spell
        self._is_probe = is_probe

    def __enter__(self) -> "Permit":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A probe that was cancelled has told nothing; the next event may try.
        if self._is_probe:
            self._breaker.end_probe()

    def settle(self, endpoint_answers: bool) -> None:
        self._breaker.record(self._spell, endpoint_answers)


class Breaker:
    """Closed while `_opened_until` is None; else open up to that time, and half-open from then on.

    A spell is the time between two changes of state. The result of an attempt that started in an
    earlier spell says nothing about the present one and is ignored.
    """

    def __init__(self, policy: BreakerPolicy | None, clock: Callable[[], float]) -> None:
        self._failures_to_open = policy.failures if policy else math.inf
        self._cooldown_s = policy.cooldown_ms / 1000 if policy else 0.0
        self._clock = clock
        self._spell = 0
        self._failures = 0
        self._opened_until: float | None = None
        self._no_probe = asyncio.Event()
        self._no_probe.set()

    async def acquire(self) -> Permit:
        """Wait until an attempt may start."""
        while self._opened_until is not None:
            cooldown_left_s = self._opened_until - self._clock()
            if cooldown_left_s > 0:
                await asyncio.sleep(cooldown_left_s)
            elif self._no_probe.is_set():
                self._no_probe.clear()
                return Permit(self, self._spell, is_probe=True)
            else:
                await self._no_probe.wait()
        return Permit(self, self._spell, is_probe=False)

    def end_probe(self) -> None:
        self._no_probe.set()

    def record(self, spell: int, endpoint_answers: bool) -> None:
        """Take note of how an attempt ended that had started in `spell`."""
        if spell != self._spell:
            return
        was_half_open = self._opened_until is not None
        if endpoint_answers:
            self._failures = 0
            if was_half_open:
                self._change_state(opened_until=None)
            return
        self._failures += 1
        if was_half_open or self._failures >= self._failures_to_open:
            self._change_state(opened_until=self._clock() + self._cooldown_s)

    def _change_state(self, opened_until: float | None) -> None:
        self._opened_until = opened_until
        self._failures = 0
        self._spell += 1
