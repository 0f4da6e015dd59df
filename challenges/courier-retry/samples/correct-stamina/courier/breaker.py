"""A breaker for any anyio backend."""

import anyio


class Breaker:
    def __init__(self, policy: dict[str, int] | None) -> None:
        self._policy = policy
        self._failures = 0
        self._spell = 0
        self._open_until: float | None = None
        self._probe_done: anyio.Event | None = None

    async def enter(self) -> int:
        """Wait for a permit; cancel it to stop waiting."""
        while self._open_until is not None:
            left = self._open_until - anyio.current_time()
            if left > 0:
                await anyio.sleep(left)
            elif self._probe_done is not None:
                await self._probe_done.wait()
            else:
                self._probe_done = anyio.Event()
                break
        return self._spell

    def leave(self, permit: int, alive: bool) -> None:
        if self._policy is None or permit != self._spell:
            return
        self._failures = 0 if alive else self._failures + 1
        if self._open_until is None and self._failures < self._policy["failures"]:
            return
        self._open_until = None if alive else anyio.current_time() + self._policy["cooldown_ms"] / 1000
        self._failures = 0
        self._spell += 1
        if self._probe_done is not None:
            self._probe_done.set()
            self._probe_done = None
