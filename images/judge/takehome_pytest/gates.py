"""Gates: withhold responses until enough requests are in flight at once."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from takehome_pytest.origin import Exchange


class Gate:
    """Opens, for good, once `size` exchanges wait in it together: `exchange.hold(gate)`.

    A client that goes away while it waits does not count. `opened` says whether it came to that, `peak` how
    many waited together at most.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.peak = 0
        self._changed = threading.Condition()
        self._waiting: set[Exchange] = set()
        self._is_open = False

    @property
    def opened(self) -> bool:
        """Whether it is open."""
        return self._is_open

    @property
    def waiting(self) -> int:
        """How many exchanges wait in it now."""
        with self._changed:
            return len(self._waiting)

    def open(self) -> None:
        """Let everyone through from now on."""
        with self._changed:
            self._is_open = True
            self._changed.notify_all()

    def wait(self, timeout: float) -> bool:
        """In the test: wait until it opens. False after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_open, timeout)

    def pass_through(self, exchange: Exchange, timeout: float) -> bool:
        """Wait in it. False when the client went away, or after `timeout` seconds."""
        give_up = time.monotonic() + timeout
        with self._changed:
            self._waiting.add(exchange)
            self.peak = max(self.peak, len(self._waiting))
            if len(self._waiting) >= self.size:
                self._is_open = True
                self._changed.notify_all()
            try:
                while not self._is_open:
                    left = give_up - time.monotonic()
                    if exchange.client_gone or left <= 0:
                        return False
                    self._changed.wait(left)
                return not exchange.client_gone
            finally:
                self._waiting.discard(exchange)

    def on_client_gone(self, exchange: Exchange) -> None:
        """The origin tells: wake whoever waits for this exchange."""
        with self._changed:
            self._waiting.discard(exchange)
            self._changed.notify_all()
