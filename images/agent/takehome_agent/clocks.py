"""CPU clocks of other processes, in nanoseconds.

Each process has a CPU clock that others may read (clock_getcpuclockid(3)); /proc tells only ticks of ten
milliseconds. What runs right now has its clock brought up to date when it stops, so whoever wants an exact
figure reads it while the process sleeps.
"""

from __future__ import annotations

import os
import time

from takehome_agent import kernel

_SCHEDULED = 2
"""CPUCLOCK_SCHED of the kernel's include/linux/posix-timers.h: user and system time of all threads."""

_SETTLE_S = 0.005


def process_cpu_ns(pid: int) -> int:
    """CPU nanoseconds (user and system) of all threads of a live process, 0 when it is gone."""
    try:
        return time.clock_gettime_ns(((~pid) << 3) | _SCHEDULED)
    except OSError:
        return 0


def tree_cpu_ns(pid: int) -> int:
    """The same of a process and everything below it that lives now."""
    return process_cpu_ns(pid) + sum(process_cpu_ns(info.pid) for info in kernel.descendants(pid))


def settle(pid: int) -> None:
    """Wait, for milliseconds at most, until the process sleeps.

    On a single core it does not run while we do, so there is nothing to wait for.
    """
    if not kernel.IS_LINUX or len(os.sched_getaffinity(0)) == 1:
        return
    give_up = time.monotonic() + _SETTLE_S
    while (info := kernel.process_info(pid)) is not None and info.state == "R":
        if time.monotonic() > give_up:
            return
        time.sleep(0.0001)
