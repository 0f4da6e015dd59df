"""Fuzz targets of what an agent reads of candidate code: a worker's stream, sources, the process table."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fuzzing import fuzz
from takehome_agent import kernel, worker
from takehome_agent.probe import _compile
from takehome_agent.worker import MAX_OPEN_CALLBACKS, Worker
from takehome_agent.worker_main import Setting
from takehome_wire.frames import encode_frame
from test_fuzz import JSON_WORDS

VALUE_BYTES = 2_000
PR_SET_NAME = 15


class FakeLoop:
    """Remembers timers and fires them when told to."""

    def __init__(self) -> None:
        self.timers: list[Callable[[], None]] = []

    def after(self, _seconds: float, action: Callable[[], None]) -> Any:
        self.timers.append(action)
        return SimpleNamespace(cancel=lambda: self.timers.remove(action))

    def watch(self, *_: Any) -> None: ...

    def unwatch(self, _fd: int) -> None: ...


class FakeChild:
    """A process that writes what it is told to and dies when it is killed."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.status: int | None = None
        self.stopped_for: str | None = None
        self.outcome, self.exit_code, self.signal = "signaled", None, 9

    def kill_tree(self) -> None:
        self.status = 9


class Talk:
    """One worker that says `data` to a request, and what the agent made of that."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.child: Any = None

        def fork(*_: Any, keep: list[int], **__: Any) -> Any:
            self.child = FakeChild(socket.socket(fileno=os.dup(keep[0])))
            return self.child

        monkeypatch.setattr(worker, "fork_child", fork)

    def check(self, data: bytes) -> None:
        loop = FakeLoop()
        replies: list[dict[str, Any]] = []
        callbacks: list[tuple[int, dict[str, Any]]] = []
        violations: list[str] = []
        made = Worker(
            loop,  # type: ignore[arg-type]
            Setting("/work", {}, VALUE_BYTES),
            output_cap=1_000,
            on_exit=lambda _child: None,
            on_callback=lambda seq, fields: callbacks.append((seq, fields)),
            on_violation=violations.append,
            die_with_parent=False,
        )
        with self.child.channel as channel:
            made.request(7, {"type": "invoke", "action": "call", "value": "1"}, 10.0, replies.append)
            channel.sendall(data)
            channel.shutdown(socket.SHUT_WR)
            for _ in range(len(data) // 1_000 + 20):
                made._ready()
            for fire in list(loop.timers):
                fire()
            self.child.status = 9
            made.exited()
        self._sound(replies, callbacks, violations)
        assert not made.busy and len(made._incoming) <= 2 * VALUE_BYTES + (64 << 10) + (1 << 18)

    @staticmethod
    def _sound(
        replies: list[dict[str, Any]], callbacks: list[tuple[int, dict[str, Any]]], violations: list[str]
    ) -> None:
        """One reply, and all that is passed on to the judge is of the protocol."""
        (reply,) = replies
        assert reply["outcome"] in {
            "returned",
            "raised",
            "refused",
            "probed",
            "signaled",
            "hung_up",
            "timed_out",
        }
        values = [reply.get("value", "")]
        for seq, fields in callbacks:
            assert seq == 7 and isinstance(fields["callback"], int)
            values.append(fields.get("value", ""))
            encode_frame({"type": "callback", "seq": seq, **fields})
        encode_frame({"type": "reply", "seq": 7, **reply})
        assert all(len(text) <= VALUE_BYTES and text.isascii() for text in values)
        assert len(callbacks) <= 2 * MAX_OPEN_CALLBACKS
        assert all(isinstance(detail, str) and len(detail[:500]) <= 500 for detail in violations)


def test_streams_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [
        {"type": "result", "seq": 7, "outcome": "returned", "value": "1"},
        {"type": "result", "seq": 7, "outcome": "refused", "message": "m" * 3_000},
        {"type": "result", "seq": 8, "outcome": "raised", "value": "1"},
        {"type": "probed", "seq": 7, "fine": True, "message": "\ud800"},
        {"type": "callback", "id": 1, "function": 1, "value": "1"},
        {"type": "cancel", "id": 1},
        {"type": "nonsense\x1b"},
    ]
    frames = [encode_frame(word) for word in words]
    fuzz("worker", Talk(monkeypatch).check, words=(*JSON_WORDS, *frames, b"\0\0\x20\0", b"9" * 4_400))


@pytest.mark.filterwarnings("ignore")  # of the compiler
def test_sources_of_a_submission(tmp_path: Path) -> None:
    path = tmp_path / "source.py"

    def check(data: bytes) -> None:
        path.write_bytes(data)
        problem = _compile(str(path), str(tmp_path))
        assert problem is None or 0 < len(problem) <= 1_000
        (problem or "").encode("utf-8")

    words = (
        b"(" * 60,
        b"def f(:\n",
        b"# coding: utf-7\n",
        b"\0",
        b"\xff",
        b"\\N{x}",
        b"f'{",
        b"1_" * 40,
        b"\t \n",
    )
    fuzz(
        "sources",
        check,
        words=(*words, b"9" * 5_000, b"\x0c", b"if x:\n  if y:\n\tz\n", b"lambda: (yield)", b"\r"),
    )


@pytest.mark.skipif(not kernel.IS_LINUX, reason="there is no /proc")
def test_names_in_the_process_table() -> None:
    libc = ctypes.CDLL(None)
    usual = Path("/proc/self/comm").read_bytes().rstrip(b"\n")

    def check(data: bytes) -> None:
        libc.prctl(PR_SET_NAME, ctypes.c_char_p(data[:15]), 0, 0, 0)
        info = kernel.process_info(os.getpid())
        assert info is not None
        assert (info.pid, info.parent, info.session) == (os.getpid(), os.getppid(), os.getsid(0))
        assert info.state in "RSD" and info.cpu_s > 0
        assert kernel.peak_memory_bytes(os.getpid()) > 1 << 20

    try:
        fuzz("process_names", check, words=(b")", b") Z 1 1 1", b" ", b"\n", b"VmHWM: 1", b"(", b"\xff"))
    finally:
        libc.prctl(PR_SET_NAME, ctypes.c_char_p(usual), 0, 0, 0)
