"""How much of what clients send an origin may keep: without a bound its log could fill the judge's memory."""

from __future__ import annotations

import threading

from takehome_pytest.http_io import BadRequest

MAX_KEPT_BYTES = 64 << 20
"""What one origin keeps of all its requests, heads and bodies, at most. No honest client comes near it."""

REQUEST_BYTES = 3 << 10
"""What a request costs the judge beside its text (about 2.6 KiB were measured)."""


class TooMuch(BadRequest):
    """The client sent more than an origin keeps."""


class Budget:
    """Bytes that may be kept. Any thread may ask."""

    def __init__(self, size: int) -> None:
        self._size = self._left = size
        self._lock = threading.Lock()
        self.exceeded = False

    @property
    def taken(self) -> int:
        """Bytes that are kept."""
        return self._size - self._left

    def take(self, size: int) -> None:
        """Take `size` bytes. Raises TooMuch, and remembers, when they are not there."""
        with self._lock:
            if size > self._left:
                self.exceeded = True
                raise TooMuch("more than the origin keeps")
            self._left -= size

    def give_back(self, size: int) -> None:
        """Return bytes that are not kept after all."""
        with self._lock:
            self._left += size


class Tab:
    """What one request has taken of a budget so far."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._taken = 0

    def charge(self, size: int) -> None:
        """Take `size` bytes. Raises TooMuch."""
        self._budget.take(size)
        self._taken += size

    def cancel(self) -> None:
        """Give back all that was taken."""
        self._budget.give_back(self._taken)
        self._taken = 0
