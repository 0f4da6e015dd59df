"""How much memory programs of the candidate hold, all of their processes together.

The largest resident set of one process (wait4) misses what is spread over processes or kept in a file in
memory, and counts mapped files. The control group's own accounts do neither: anonymous memory plus shared
memory, where everything in a tmpfs counts as shared (Documentation/admin-guide/cgroup-v1/memory.rst, section
5.2, and cgroup-v2.rst, memory.stat).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from takehome_agent.loop import Loop, Timer

_PERIOD_S = 0.02
_ACCOUNTS = (
    ("/sys/fs/cgroup/memory/memory.stat", (b"total_rss", b"total_shmem")),
    ("/sys/fs/cgroup/memory.stat", (b"anon", b"shmem")),
)


class Meter:
    """The peak of what was added to our control group since the meter was made."""

    def __init__(self, read: Callable[[], int | None]) -> None:
        self._read = read
        self._before = read()
        self._peak = 0

    @property
    def peak_bytes(self) -> int | None:
        """The most so far, None where nobody tells."""
        return None if self._before is None else self._peak

    def sample(self) -> None:
        """Look now."""
        if self._before is not None and (now := self._read()) is not None:
            self._peak = max(self._peak, now - self._before)


class Sampler:
    """Looks at all running meters, fifty times a second, while there are any."""

    def __init__(self, loop: Loop, read: Callable[[], int | None]) -> None:
        self._loop = loop
        self._read = read
        self._meters: list[Meter] = []
        self._timer: Timer | None = None

    def start(self) -> Meter:
        """A meter for a program that is about to start."""
        meter = Meter(self._read)
        if meter.peak_bytes is not None:
            self._meters.append(meter)
            self._arm()
        return meter

    def stop(self, meter: Meter) -> None:
        """Look a last time."""
        meter.sample()
        if meter in self._meters:
            self._meters.remove(meter)

    def _arm(self) -> None:
        if self._timer is None and self._meters:
            self._timer = self._loop.after(_PERIOD_S, self._tick)

    def _tick(self) -> None:
        self._timer = None
        for meter in self._meters:
            meter.sample()
        self._arm()


def group_bytes(accounts: Any = None) -> int | None:
    """Anonymous and shared memory of our own control group; None outside of a container of ours."""
    if accounts is None:
        accounts = _ACCOUNTS if os.getpid() == 1 else ()
    for path, names in accounts:
        try:
            with open(path, "rb", buffering=0) as file:
                fields = dict(line.split(b" ", 1) for line in file.read(16384).splitlines())
            return sum(int(fields[name]) for name in names)
        except (OSError, ValueError, KeyError):
            continue
    return None
