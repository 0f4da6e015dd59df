"""One request to an origin and everything a handler can do to its answer."""

from __future__ import annotations

import inspect
import json as json_module
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from takehome_pytest import canary
from takehome_pytest.gates import Gate
from takehome_pytest.http_io import Headers, has_body, response_head

if TYPE_CHECKING:
    from takehome_pytest.origin import Origin

_TICK_S = 0.05


class Exchange:
    """A request, as it arrived, and its answer. `refused`: its body was more than the origin keeps.

    Times are seconds of `time.monotonic()`: `arrived` (its head was read), `answered` (just before the first
    byte of the answer was written), `ended` (the answer is complete or the client has gone); None before.
    """

    def __init__(
        self,
        origin: Origin,
        sock: socket.socket,
        number: int,
        head: tuple[str, str, str, Headers],
        connection: int,
    ) -> None:
        self.method, self.target, self._version, self.headers = head
        url = urlsplit(self.target)
        self.path: str = unquote(url.path)
        self.query: dict[str, str] = dict(parse_qsl(url.query, keep_blank_values=True))
        self.query_list: list[tuple[str, str]] = parse_qsl(url.query, keep_blank_values=True)
        self.body = b""
        self.refused = False
        self.number = number
        self.connection = connection
        self.arrived = time.monotonic()
        self.answered: float | None = None
        self.ended: float | None = None
        self.status: int | None = None
        self.aborted = False
        self.dropped = False  # the origin closed first: what the handler then complains about is no news
        self.keep_alive = self._wants_keep_alive()
        self._origin = origin
        self._socket = sock
        self._gone = threading.Event()
        self._gates: list[Gate] = []
        self.completing = False

    # -- what arrived -----------------------------------------------------------------------------

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json_module.loads(self.body)

    @property
    def client_gone(self) -> bool:
        """Whether the client closed its connection, or its sending half."""
        return self._gone.is_set()

    @property
    def replied(self) -> bool:
        """Whether an answer, of whatever kind, was begun."""
        return self.answered is not None or self.ended is not None

    # -- answers ----------------------------------------------------------------------------------

    def reply(
        self,
        status: int = 200,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> bool:
        """Answer. False when the client had gone. Raises RuntimeError when it was answered before."""
        data, fields = _payload(body, headers, json)
        if status >= 200 and status not in (204, 304):
            fields.setdefault("Content-Length", str(len(data)))
        return self._send(status, fields, data if has_body(self.method, status) else b"")

    def drip(
        self,
        body: bytes | str,
        interval_s: float,
        chunk: int = 1,
        status: int = 200,
        content_length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bool:
        """Answer slowly: `chunk` bytes, a pause, and so on. False when the client went away meanwhile."""
        data, fields = _payload(body, headers, None)
        promised = len(data) if content_length is None else content_length
        fields["Content-Length"] = str(promised)
        if promised != len(data):
            self.keep_alive = False
        if not self._begin(status, fields):
            return False
        sent = True
        for offset in range(0, len(data), chunk):
            last = offset + chunk >= len(data)
            if last and not self.client_gone:
                self._release()
            sent = self._write(data[offset : offset + chunk])
            if not sent or (not last and self._gone.wait(interval_s)):
                sent = False
                break
        self._finish(aborted=not sent)
        return sent

    def truncate(
        self,
        status: int = 200,
        body: bytes | str = b"partial",
        content_length: int = 1000,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Promise `content_length` bytes, send only `body`, close."""
        data, fields = _payload(body, headers, None)
        fields["Content-Length"] = str(content_length)
        self.keep_alive = False
        self._send(status, fields, data)

    def reset(self) -> None:
        """Close the connection by RST, without an answer or in the middle of one."""
        self.keep_alive = False
        self._finish(aborted=False)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass

    def hang(self, timeout: float = 30.0) -> bool:
        """Never answer: wait until the client closes, then close. False after `timeout` seconds."""
        self.keep_alive = False
        gone = self._gone.wait(timeout) and not self._origin.closing
        self._finish(aborted=gone)
        return gone

    # -- waiting ----------------------------------------------------------------------------------

    def delay(self, seconds: float) -> bool:
        """Wait. False, at once, when the client goes away meanwhile."""
        return not self._gone.wait(seconds)

    def hold(self, until: threading.Event | Gate | Callable[..., object], timeout: float = 30.0) -> bool:
        """Withhold the answer until an event is set, a gate opens or a predicate holds.

        False when the client went away first, or after `timeout` seconds (`client_gone` tells which).
        """
        if isinstance(until, Gate):
            self._gates.append(until)
            return until.pass_through(self, timeout)
        give_up = time.monotonic() + timeout
        while not self.client_gone:
            left = give_up - time.monotonic()
            if isinstance(until, threading.Event):
                if until.wait(max(0.0, min(left, _TICK_S))):
                    return not self.client_gone
            else:
                if ask(until, self._origin):
                    return not self.client_gone
                self._origin.wait_change(max(0.0, min(left, _TICK_S)))
            if left <= 0:
                return False
        return False

    # -- for the origin ---------------------------------------------------------------------------

    def mark_gone(self) -> None:
        """The monitor saw the client close."""
        self._gone.set()
        for gate in list(self._gates):
            gate.on_client_gone(self)
        if not self.completing:
            self._finish(aborted=not self._origin.closing)

    def _wants_keep_alive(self) -> bool:
        tokens = self.headers.get("connection", "").lower()
        return "close" not in tokens and (self._version == "HTTP/1.1" or "keep-alive" in tokens)

    def _send(self, status: int, fields: dict[str, str], data: bytes) -> bool:
        sent = self._begin(status, fields, data, whole=True)
        self._finish(aborted=not sent)
        return sent

    def _begin(self, status: int, fields: dict[str, str], data: bytes = b"", *, whole: bool = False) -> bool:
        if self.answered is not None:
            raise RuntimeError("this exchange was answered before")
        if not self.keep_alive:
            fields.setdefault("Connection", "close")
        head = response_head(status, fields)
        if self.ended is not None and not self.client_gone:
            raise RuntimeError("this exchange is over")
        self.status = status
        was_gone = self.client_gone
        if whole and not was_gone:
            self._release()
        # Stamped before the write: a client's pause measured from here can only look longer than it was.
        self.answered = time.monotonic()
        return self._write(head + data) and not was_gone

    def _write(self, data: bytes) -> bool:
        canary.leaves(data)
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def _release(self) -> None:
        """The last bytes are about to be written.

        From then on the client may send its next request, and close, before this thread runs again: both
        must find this one no longer in flight, and not count as leaving early.
        """
        self.completing = True
        self._origin.released(self)

    def _finish(self, *, aborted: bool) -> None:
        self._origin.finished(self, aborted)

    def __repr__(self) -> str:
        return f"<exchange {self.number}: {self.method} {self.target} -> {self.status}>"


def _payload(body: bytes | str, headers: Mapping[str, str] | None, json: Any) -> tuple[bytes, dict[str, str]]:
    fields = dict(headers or {})
    names = {name.lower() for name in fields}
    if json is not None:
        body = json_module.dumps(json)
        if "content-type" not in names:
            fields["Content-Type"] = "application/json"
    return body.encode("utf-8") if isinstance(body, str) else bytes(body), fields


def ask(predicate: Callable[..., object], origin: Origin) -> bool:
    """Call a predicate that takes nothing or the origin."""
    try:
        wants_origin = bool(inspect.signature(predicate).parameters)
    except (TypeError, ValueError):
        wants_origin = False
    return bool(predicate(origin) if wants_origin else predicate())
