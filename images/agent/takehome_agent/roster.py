"""All processes that descend from us: who is ours to track, what they cost, and how they end."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

from takehome_agent import kernel
from takehome_agent.children import Child, Cost

KILL_S = 5.0
_LEFTOVER_GRACE_S = 0.2
_MAX_NOTES_OF_A_KIND = 10


class Roster:
    """Knows our children by pid, reaps them and every orphan that comes to us, and can end everything."""

    def __init__(self, is_init: bool) -> None:
        self._is_init = is_init
        self._children: dict[int, Child] = {}
        self._cost = Cost()
        self._notes: list[dict[str, str]] = []
        self.on_orphan: Callable[[resource.struct_rusage], None] = lambda _: None
        self.ending = False

    def __len__(self) -> int:
        return len(self._children)

    def is_running(self) -> bool:
        """Whether a child of ours is there that we have not ended."""
        return any(child.stopped_for is None for child in self._children.values())

    def add(self, child: Child) -> None:
        """Track a process we started until it is reaped."""
        self._children[child.pid] = child

    def reap(self) -> bool:
        """Collect the dead. True when no child of ours is left, alive or dead."""
        while True:
            try:
                pid, status, rusage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid == 0:
                return False
            self._cost.add(rusage)
            child = self._children.pop(pid, None)
            if child is None:
                self.on_orphan(rusage)
                continue
            child.status = status
            child.wall_s = time.monotonic() - child.started
            child.cost.add(rusage)
            child.on_exit(child)

    def orphans_of(self, child: Child) -> list[kernel.ProcessInfo]:
        """What `child`, now dead, left behind: every orphan but those in the session of one that still runs.

        A daemon has made a session of its own. Whose it was cannot be told then; that it has to go can.
        """
        if self.reap() or self.ending:
            return []
        return [p for p in self._orphans() if p.session == child.pid or p.session not in self._children]

    def note_leftovers(self) -> None:
        """At a scenario's end: orphans that do not go by themselves within a moment are worth a note."""
        give_up = time.monotonic() + _LEFTOVER_GRACE_S
        while not self.reap() and (left := self._orphans()):
            if time.monotonic() > give_up:
                self.note_orphans(len(left))
                return
            time.sleep(0.005)

    def kill_everything(self) -> bool:
        """End every process of the candidate and reap it. False when that does not work within seconds."""
        give_up = time.monotonic() + KILL_S
        self.ending = True
        try:
            self._kill_round()
            while not self.reap():
                if time.monotonic() > give_up:
                    return False
                time.sleep(0.001)
                self._kill_round()
            return True
        finally:
            self.ending = False

    def note(self, kind: str, detail: str) -> None:
        """Remember something for the report's integrity section."""
        # By kind, or many harmless ones would leave no room for one that is not.
        if sum(known["kind"] == kind for known in self._notes) < _MAX_NOTES_OF_A_KIND:
            self._notes.append({"kind": kind, "detail": detail[:500]})

    def note_orphans(self, count: int) -> None:
        """Remember that processes stayed behind."""
        self.note("leftover_processes", f"{count} process(es) outlived the one that started them")

    def take_account(self) -> tuple[Cost, list[dict[str, str]]]:
        """Cost and notes since the last time."""
        cost, self._cost = self._cost, Cost()
        notes, self._notes = self._notes, []
        return cost, notes

    def _orphans(self) -> list[kernel.ProcessInfo]:
        me = os.getpid()
        return [
            info
            for info in kernel.processes()
            if info.parent == me and info.pid not in self._children and info.alive
        ]

    def _kill_round(self) -> None:
        for child in self._children.values():
            child.stopped_for = child.stopped_for or "ended"
        if self._is_init:
            try:
                os.kill(-1, 9)  # everything in this pid namespace but process 1
            except ProcessLookupError:
                pass
            return
        for child in list(self._children.values()):
            child.kill_tree()
        kernel.kill_with_descendants(self._orphans())
