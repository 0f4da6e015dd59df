"""The agent's side of a worker: a forked process that calls candidate functions, one request at a time."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from takehome_agent import timed_worker, worker_main
from takehome_agent.children import Child, fork_child
from takehome_agent.loop import READ, WRITE, Loop, Timer
from takehome_wire.frames import FrameBuffer, FrameError, encode_frame

MAX_OPEN_CALLBACKS = 256
"""Callbacks of a call that the judge has not answered, those among them that were cancelled. No more are read
from the worker then, so that it waits, and neither we nor the judge store what it would send."""

MAX_OPEN_CHARS = 16 << 20
"""The same for the text of their arguments: decoded it takes some hundred megabytes of the judge at worst."""

MAX_UNREAD_BYTES = 16 << 20
"""The same for what the worker has not read of our answers. Its own reading never waits for its writing."""

_LAST_READS = 64
_SO_PASSRIGHTS = 83  # asm-generic/socket.h, since Linux 6.16
_FRAME_MARGIN = 64 * 1024
_FRAME_TOKENS = 32

Reply = Callable[[dict[str, Any]], None]


class Worker:
    """One worker process and its channel. All that it says is data: it cannot answer for another request."""

    def __init__(
        self,
        loop: Loop,
        setting: worker_main.Setting,
        *,
        output_cap: int,
        on_exit: Callable[[Child], None],
        on_callback: Callable[[int, dict[str, Any]], None],
        on_violation: Callable[[str], None],
        die_with_parent: bool,
        hash_seed: int | None = None,
    ) -> None:
        """Fork it; with a `hash_seed` it becomes an interpreter of its own. Raises CannotStart."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.child = fork_child(
                loop,
                output_cap,
                (lambda: worker_main.serve(theirs, setting))
                if hash_seed is None
                else timed_worker.body(theirs, setting, hash_seed),
                on_exit,
                keep=[theirs.fileno()],
                die_with_parent=die_with_parent,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        refuse_descriptors(ours)
        self._loop = loop
        self._socket = ours
        # Quoting inside the frame can double the text of a value. Few tokens: our string hash is known to
        # the candidate, and an object of many colliding keys would keep us busy for minutes.
        self._incoming = FrameBuffer(2 * setting.value_bytes + _FRAME_MARGIN, _FRAME_TOKENS)
        self._outgoing = bytearray()
        self._value_chars = setting.value_bytes
        self._on_callback = on_callback
        self._on_violation = on_violation
        self._open_callbacks: dict[int, int] = {}  # by number: the length of its arguments
        self._cancelled: set[int] = set()
        self._open_chars = 0
        self._closed = False
        self._seq: int | None = None
        self._reply: Reply | None = None
        self._deadline: Timer | None = None
        self._last_call: Timer | None = None
        self._watch()

    @property
    def busy(self) -> bool:
        """Whether a request is under way."""
        return self._reply is not None

    def request(self, seq: int, message: dict[str, Any], timeout_s: float, reply: Reply) -> None:
        """Send one request; `reply` is called exactly once, with what came back or how it ended."""
        self._seq, self._reply = seq, reply
        self._deadline = self._loop.after(timeout_s, self._out_of_time)
        if self.child.status is not None or self._closed:
            self._finish_dead()
            return
        self._send({**message, "seq": seq})

    def answer_callback(self, message: dict[str, Any]) -> None:
        """Pass the judge's answer on to the function that waits for it."""
        number = message.get("callback")
        if number not in self._open_callbacks or self._closed:
            return
        self._open_chars -= self._open_callbacks.pop(number)
        if number in self._cancelled:
            self._cancelled.discard(number)  # nobody waits for it
        else:
            self._send(
                {"type": "answer", "id": number, "value": message["value"], "raised": message["raised"]}
            )
        self._take_buffered()
        self._watch()

    def exited(self) -> None:
        """The process was reaped: read what it still said, then answer what is open."""
        if self._last_call is not None:
            self._last_call.cancel()  # it would keep what we know until it is due
        for _ in range(_LAST_READS):  # a process that it left might write for ever
            if self._closed or not self._read():
                break
        self.close()
        if self._reply is not None:
            self._finish_dead()

    def kill(self, reason: str) -> None:
        """SIGKILL the worker and what it started."""
        if self.child.status is None:
            self.child.stopped_for = self.child.stopped_for or reason
            self.child.kill_tree()

    def close(self) -> None:
        """Close the channel."""
        if not self._closed:
            self._closed = True
            self._loop.unwatch(self._socket.fileno())
            self._socket.close()

    def _out_of_time(self) -> None:
        if self._reply is not None:
            # Answered once it is reaped, so that whoever reads the answer knows it is gone.
            self.kill("timed_out")

    def _finish_dead(self) -> None:
        child = self.child
        outcome = child.outcome if child.status is not None else "exited"
        if child.stopped_for == "hung_up":
            self._finish({"outcome": "hung_up"})
            return
        self._finish({"outcome": outcome, "exit_code": child.exit_code, "signal": child.signal})

    def _finish(self, result: dict[str, Any]) -> None:
        reply, self._reply, self._seq = self._reply, None, None
        self._open_callbacks.clear()
        self._cancelled.clear()
        self._open_chars = 0
        if self._deadline is not None:
            self._deadline.cancel()
        if reply is not None:
            reply(result)

    def _may_read(self) -> bool:
        """Whether there is room for what the worker may send. Who is dead sends no more."""
        return self.child.status is not None or (
            len(self._open_callbacks) < MAX_OPEN_CALLBACKS
            and self._open_chars < MAX_OPEN_CHARS
            and len(self._outgoing) < MAX_UNREAD_BYTES
        )

    def _watch(self) -> None:
        if self._closed:
            return
        events = READ if self._may_read() else 0
        if self._outgoing:
            events |= WRITE
        if events:
            self._loop.watch(self._socket.fileno(), events, self._ready)
        else:
            self._loop.unwatch(self._socket.fileno())

    def _ready(self) -> None:
        self._write()
        self._take_buffered()
        if self._may_read() and not self._closed:
            self._read()
        self._watch()

    def _send(self, message: dict[str, Any]) -> None:
        self._outgoing += encode_frame(message)
        self._write()
        self._watch()

    def _write(self) -> None:
        try:
            while self._outgoing:
                del self._outgoing[: self._socket.send(self._outgoing)]
        except BlockingIOError:
            pass
        except OSError:
            self._outgoing.clear()  # it is dying; its exit answers what is open

    def _read(self) -> bool:
        """Read a piece and handle what is whole. False when there was none."""
        try:
            chunk = self._socket.recv(1 << 18)
        except BlockingIOError:
            return False
        except OSError:
            chunk = b""
        if not chunk:
            self._hang_up()
            return False
        self._incoming.feed(chunk)
        self._take_buffered()
        return True

    def _take_buffered(self) -> None:
        """Handle whole frames, while there is room for what follows from them."""
        try:
            while (
                not self._closed and self._may_read() and (message := self._incoming.next_frame()) is not None
            ):
                self._check_value(message.get("value", ""))
                self._take(message)
        except FrameError as error:
            self._violate(str(error))
            self._hang_up()

    def _check_value(self, text: Any) -> None:
        """What `dumps` makes is printable ASCII, so that quoting it in our frame at most doubles it."""
        if not isinstance(text, str) or not (text.isascii() and text.isprintable()):
            raise FrameError("a value that is not JSON text")
        if len(text) > self._value_chars:
            raise FrameError(f"a value of {len(text)} bytes")

    def _hang_up(self) -> None:
        """Without its channel a worker is of no use. One that is already exiting keeps its exit status."""
        self.close()
        if self.child.status is None:
            self._last_call = self._loop.after(0.05, lambda: self.kill("hung_up"))

    def _take(self, message: dict[str, Any]) -> None:
        match message:
            case {
                "type": "result",
                "seq": int(seq),
                "outcome": ("returned" | "raised") as outcome,
                "value": str(v),
            }:
                if self._is_current(seq):
                    self._finish({"outcome": outcome, "value": v})
            case {"type": "result", "seq": int(seq), "outcome": "refused", "message": str(text)}:
                if self._is_current(seq):
                    self._finish({"outcome": "refused", "message": text[:2000]})
            case {"type": "probed", "seq": int(seq), "fine": bool(fine), "message": str(text)}:
                if self._is_current(seq):
                    self._finish({"outcome": "probed", "fine": fine, "message": text[:2000]})
            case {"type": "callback", "id": int(number), "function": int(function), "value": str(value)}:
                if self._seq is None or self.child.status is not None:
                    return  # of a thread that outlived its call, or of who cannot be answered
                if number in self._open_callbacks:
                    raise FrameError("a callback with the number of one that is open")
                self._open_callbacks[number] = len(value)
                self._open_chars += len(value)
                self._on_callback(self._seq, {"callback": number, "function": function, "value": value})
            case {"type": "cancel", "id": int(number)}:
                open_one = number in self._open_callbacks and number not in self._cancelled
                if self._seq is not None and open_one:
                    # It counts until the judge has answered, or cancelling would make room for any number.
                    self._cancelled.add(number)
                    self._on_callback(self._seq, {"callback": number, "cancelled": True})
            case _:
                self._violate(f"unknown message {str(message.get('type'))[:40]!r}")

    def _is_current(self, seq: int) -> bool:
        if seq == self._seq and self.child.stopped_for is None:
            return True
        self._violate("an answer to no open request")
        return False

    def _violate(self, detail: str) -> None:
        if self.child.stopped_for is None:
            self._on_violation(detail)


def refuse_descriptors(sock: socket.socket) -> None:
    """Let nobody send descriptors to this end (EPERM), where the kernel can do that.

    We never want any. What arrives with bytes is closed as these are read, and closing can take time: a TCP
    socket with SO_LINGER makes the reader sleep. On older kernels it does so; deadlines that have passed
    meanwhile are the first thing that we see to afterwards (see Loop.run), so nobody gains by it.
    """
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_PASSRIGHTS, 0)
    except OSError:
        pass
