"""The judge's end of the connection to an agent."""

from __future__ import annotations

import itertools
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from takehome_pytest import canary
from takehome_pytest.faults import CandidateCrashed
from takehome_wire.frames import FrameBuffer, FrameError, encode_frame

CONNECT_S = 30.0
GRACE_S = 20.0
"""How much longer than the agent's own deadline an answer may take (it kills and empties up to 15 s)."""

MAX_WAITING_FRAMES = 4096
"""Frames to one request that wait for its thread. The agent sends far fewer before it waits for answers."""


class AgentRefusal(Exception):
    """The agent is alive and says no. `code` is its reason in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class AgentClient:
    """Requests to one agent; any thread may ask. A lost connection is the candidate's crash."""

    def __init__(self, sock: socket.socket, token: str) -> None:
        """Authenticate. Raises OSError or FrameError when that does not work."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = sock
        self._send_lock = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {}
        self._lock = threading.Lock()
        self._serial = itertools.count(1)
        self.lost: str | None = None
        sock.settimeout(CONNECT_S)
        sock.sendall(encode_frame({"type": "hello", "seq": 0, "token": token}))
        self._buffer = FrameBuffer()
        hello = self._first_frame()
        if not hello.get("ok"):
            raise FrameError("the agent refused the connection")
        self.dirs = {name: str(hello[name]) for name in ("work_dir", "state_dir", "tmp_dir")}
        sock.settimeout(None)
        self._reader = threading.Thread(target=self._read, name="takehome-agent-reader", daemon=True)
        self._reader.start()

    def request(
        self,
        kind: str,
        fields: dict[str, Any],
        *,
        timeout_s: float = 0.0,
        on_callback: Callable[[dict[str, Any], Callable[[dict[str, Any]], None]], None] | None = None,
    ) -> dict[str, Any]:
        """Ask and wait: `timeout_s` is what the agent may take, some grace is added.

        Raises AgentRefusal, or CandidateCrashed when the agent is gone or does not answer.
        """
        __tracebackhide__ = True
        seq = next(self._serial)
        inbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        with self._lock:
            self._check_alive()
            self._waiting[seq] = inbox
        try:
            self._send({"type": kind, "seq": seq, **fields})
            give_up = time.monotonic() + timeout_s + GRACE_S
            while True:
                try:
                    message = inbox.get(timeout=max(0.0, give_up - time.monotonic()))
                except queue.Empty:
                    self._lose("the agent stopped answering")
                    message = None
                if message is None:
                    self._check_alive()
                    raise CandidateCrashed("the sandbox is gone")
                if message["type"] == "callback" and on_callback is not None:
                    on_callback(message, lambda answer: self._answer(seq, answer))
                elif message["type"] == "reply":
                    return self._unwrap(message)
        finally:
            with self._lock:
                self._waiting.pop(seq, None)

    def close(self) -> None:
        """Hang up; the agent then kills everything and exits."""
        self._lose("closed")

    def _answer(self, seq: int, answer: dict[str, Any]) -> None:
        try:
            self._send({"type": "answer", "seq": seq, **answer})
        except CandidateCrashed:
            pass  # the waiting request reports it

    def _unwrap(self, message: dict[str, Any]) -> dict[str, Any]:
        __tracebackhide__ = True
        if message.get("ok") is True:
            return message
        raise AgentRefusal(str(message.get("error")), str(message.get("message")))

    def _send(self, message: dict[str, Any]) -> None:
        __tracebackhide__ = True
        data = encode_frame(message)
        canary.leaves(data)
        try:
            with self._send_lock:
                self._socket.sendall(data)
        except OSError as error:
            self._lose(f"the connection broke: {error.strerror}")
        self._check_alive()

    def _check_alive(self) -> None:
        __tracebackhide__ = True
        if self.lost is not None:
            raise CandidateCrashed(f"the sandbox is gone: {self.lost}")

    def _lose(self, reason: str) -> None:
        with self._lock:
            if self.lost is None:
                self.lost = reason
            waiting = list(self._waiting.values())
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        for inbox in waiting:
            inbox.put(None)

    def _first_frame(self) -> dict[str, Any]:
        while (message := self._buffer.next_frame()) is None:
            chunk = self._socket.recv(65536)
            if not chunk:
                raise FrameError("the agent hung up")
            self._buffer.feed(chunk)
        return message

    def _read(self) -> None:
        watch = canary.Tail()
        try:
            while True:
                while (message := self._buffer.next_frame()) is not None:
                    with self._lock:
                        inbox = self._waiting.get(message.get("seq", -1))
                    if inbox is not None:
                        if inbox.qsize() >= MAX_WAITING_FRAMES:
                            raise FrameError("too many callbacks")
                        inbox.put(message)
                chunk = self._socket.recv(1 << 18)
                if not chunk:
                    self._lose("the agent hung up")
                    return
                watch.feed(chunk)
                self._buffer.feed(chunk)
        except OSError as error:
            self._lose(f"the connection broke: {error.strerror}")
        except (FrameError, TypeError) as error:
            self._lose(f"the agent broke the protocol: {error}")
