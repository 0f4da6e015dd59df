"""How much CPU the candidate's processes use, all of them together.

wait4 tells only of processes that somebody waited for: what the children of a process spent that ignores
SIGCHLD is added to nobody's account (wait(2), notes). The control group's account leaves nothing out. Its
readable files are cpuacct.usage, nanoseconds (Documentation/admin-guide/cgroup-v1/cpuacct.rst), and cpu.stat
with usage_usec, microseconds (cgroup-v2.rst). We are in the group, too, and take our own part off.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

_ACCOUNTS = (
    ("/sys/fs/cgroup/cpuacct/cpuacct.usage", b"", 1e-9),
    ("/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage", b"", 1e-9),
    ("/sys/fs/cgroup/cpu.stat", b"usage_usec", 1e-6),
)
"""A file, the key in it (empty: the file is the figure), seconds in one of its units."""

TOLERANCE_S = 0.1
"""What the two ways of counting may differ by although nothing is hidden: the clock's ticks, and the end of
a worker that was killed just before."""


def candidate_seconds(accounts: tuple[tuple[str, bytes, float], ...] | None = None) -> float | None:
    """CPU seconds (user and system) of our control group but for our own; None outside of our container.

    Only differences mean something, and those to a few ticks of the kernel's clock: the group's account of
    what runs just now is brought up to date once a tick, ours at each look.
    """
    if accounts is None:
        accounts = _ACCOUNTS if os.getpid() == 1 else ()
    for path, key, unit in accounts:
        try:
            with open(path, "rb", buffering=0) as file:
                text = file.read(4096)
            figure = int(dict(line.split() for line in text.splitlines())[key] if key else text)
        except (OSError, ValueError, KeyError):
            continue
        return figure * unit - time.process_time()
    return None


class CpuMeter:
    """CPU seconds that the candidate has used since the meter was made, or last started anew."""

    def __init__(self, read: Callable[[], float | None] = candidate_seconds) -> None:
        self._read = read
        self._before = read()

    def restart(self) -> None:
        """Count from now on."""
        self._before = self._read()

    def correct(self, known_s: float) -> float:
        """`known_s`, what wait4 has told, unless clearly more was used."""
        now = self._read()
        if now is None or self._before is None:
            return known_s
        used_s = now - self._before
        return used_s if used_s > known_s + TOLERANCE_S else known_s
