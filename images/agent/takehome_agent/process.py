"""A program of the candidate that the judge runs, from start until nothing of it is left."""

from __future__ import annotations

import base64
import resource
import time
from collections.abc import Callable
from typing import Any

from takehome_agent import kernel
from takehome_agent.children import Child
from takehome_agent.cpu import CpuMeter
from takehome_agent.loop import Loop, Timer
from takehome_agent.memory import Meter, Sampler

INLINE_OUTPUT_BYTES = 2 << 20
_GRACE_S = 0.1
_GIVE_UP_S = 2.0

Reply = Callable[[dict[str, Any]], None]


class Process:
    """A started program.

    It is over when its main process is: what that leaves behind is given a moment, then ended and charged.
    """

    def __init__(
        self,
        loop: Loop,
        child: Child,
        find_orphans: Callable[[Child], list[kernel.ProcessInfo]],
        on_leftovers: Callable[[int], None],
        sampler: Sampler,
        meter: Meter,
        cpu: CpuMeter | None,
    ) -> None:
        """`cpu` counts what all of the candidate's processes use, if this one starts alone."""
        self.child = child
        self._cpu = cpu
        self._sampler = sampler
        self._meter = meter
        self.over = False
        self._loop = loop
        self._find_orphans = find_orphans
        self._on_leftovers = on_leftovers
        self._waiters: list[Reply] = []
        self._deadline: Timer | None = None
        self._exited_at = 0.0
        self._noted = False

    @property
    def lingering(self) -> bool:
        """Whether its main process is gone and the rest is being ended."""
        return self.child.status is not None and not self.over

    def set_deadline(self, seconds: float) -> None:
        """SIGKILL it and what it started, `seconds` from now; replaces an earlier deadline."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self._loop.after(seconds, self._out_of_time)

    def wait(self, reply: Reply) -> None:
        """Call `reply` with the completed process, now or later."""
        if self.over:
            reply(self.describe())
        else:
            self._waiters.append(reply)

    def exited(self, *, final: bool) -> None:
        """The main process was reaped. `final`: everything is being killed anyway, so do not linger."""
        self.child.close()
        self._exited_at = time.monotonic()
        if final:
            self.finish()
        else:
            self._linger()

    def charge(self, rusage: resource.struct_rusage) -> None:
        """Add the cost of a process that it left behind."""
        self.child.cost.add(rusage)

    def end_solitude(self) -> None:
        """Another program or worker starts beside it: from now on only wait4 tells what is whose."""
        if not self.over:
            self._cpu = None

    def finish(self) -> None:
        """Nothing of it is left (or that was given up): answer everyone."""
        if self.over:
            return
        self.over = True
        if self._cpu is not None:
            # All that ran was this program's, whether or not somebody waited for it.
            self.child.cost.cpu_s = self._cpu.correct(self.child.cost.cpu_s)
        self._sampler.stop(self._meter)
        if self._deadline is not None:
            self._deadline.cancel()
        waiters, self._waiters = self._waiters, []
        for reply in waiters:
            reply(self.describe())

    def describe(self) -> dict[str, Any]:
        """What is known of the completed process."""
        child = self.child
        return {
            "outcome": child.outcome,
            "exit_code": child.exit_code,
            "signal": child.signal,
            "wall_s": child.wall_s,
            "cpu_s": child.cost.cpu_s,
            "peak_memory_bytes": child.cost.peak_memory_bytes,
            "peak_anon_bytes": self._meter.peak_bytes,
            **self.describe_output(),
        }

    def describe_output(self) -> dict[str, Any]:
        """The captured streams: sizes, flags and the first part of each."""
        fields: dict[str, Any] = {}
        for name, capture in (("stdout", self.child.stdout), ("stderr", self.child.stderr)):
            fields[name] = encode_bytes(capture.data, 0, INLINE_OUTPUT_BYTES)
            fields[f"{name}_bytes"] = len(capture.data)
            fields[f"{name}_truncated"] = capture.truncated
        return fields

    def usage(self) -> dict[str, Any]:
        """CPU and memory of the live process and what it started, as /proc tells."""
        if self.child.status is not None:
            cost = self.child.cost
            return {"cpu_s": cost.cpu_s, "peak_memory_bytes": cost.peak_memory_bytes, "processes": 0}
        own = kernel.process_info(self.child.pid)
        tree = [*([own] if own else []), *kernel.descendants(self.child.pid)]
        peak = max((kernel.peak_memory_bytes(info.pid) for info in tree), default=0)
        alive = sum(info.alive for info in tree)
        return {"cpu_s": sum(info.cpu_s for info in tree), "peak_memory_bytes": peak, "processes": alive}

    def kill(self, reason: str = "killed") -> None:
        """SIGKILL it and what it started."""
        if self.child.status is None:
            self.child.stopped_for = self.child.stopped_for or reason
            self.child.kill_tree()

    def _out_of_time(self) -> None:
        self.kill("timed_out")

    def _linger(self) -> None:
        if self.over:
            return
        orphans = self._find_orphans(self.child)
        waited = time.monotonic() - self._exited_at
        if not orphans or waited > _GIVE_UP_S:
            self.finish()
            return
        if waited > _GRACE_S:
            if not self._noted and self.child.stopped_for is None:
                self._on_leftovers(len(orphans))
            self._noted = True
            kernel.kill_with_descendants(orphans)
        self._loop.after(0.005, self._linger)


def encode_bytes(data: bytes | bytearray, offset: int, size: int) -> str:
    """Base64 of a part of `data`."""
    return base64.b64encode(data[offset : offset + size]).decode("ascii")
