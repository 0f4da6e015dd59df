"""HTTP as the judge sees it: whole requests, whole answers, one deadline, and many at the same moment.

Each request has a connection of its own, so a server that serves one connection at a time is as good as any.
What comes back is bounded in time and size, whatever the candidate does.
"""

import errno
import http.client
import io
import json
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

DEADLINE_S = 20.0
VOLLEY_DEADLINE_S = 40.0
CONNECT_S = 3.0
"""A serial server leaves connections unaccepted: those are sent later instead of waiting for ever."""

ANSWER_BYTES = 1 << 20


class NoAnswer(AssertionError):
    """The service left a request without a complete answer."""


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def to_bytes(self, port: int) -> bytes:
        head = {"Host": f"127.0.0.1:{port}", "Connection": "close"} | self.headers
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            head["Content-Length"] = str(len(self.body))
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in head.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + self.body


@dataclass(frozen=True)
class Answer:
    request: Request
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def etag(self) -> str | None:
        return self.headers.get("ETag")

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise AssertionError(f"the body of {self} is no JSON: {self.body[:200]!r}") from None

    def members(self) -> dict[str, Any]:
        value = self.json()
        assert isinstance(value, dict), f"the body of {self} is no JSON object: {self.body[:200]!r}"
        return value

    def links(self, relation: str) -> list[str]:
        """Targets of the Link headers that have this relation (RFC 8288)."""
        found = []
        for target, parameters in _LINK.findall(", ".join(self.headers.get_all("Link", []))):
            match = _REL.search(parameters)
            if match and relation in (match[1] or match[2] or "").lower().split():
                found.append(target.strip())
        return found

    def __str__(self) -> str:
        return f"{self.request.method} {self.request.target[:120]} ({self.status})"


_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*!-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";,]*))?)*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))', re.IGNORECASE)


def send(port: int, request: Request) -> Answer:
    """One request. Fails the test when there is no complete answer in time."""
    return _exchange(port, [request], hold=False, deadline_s=DEADLINE_S)[0]


def volley(port: int, requests: Iterable[Request]) -> list[Answer]:
    """All requests at the same moment: every connection is open, and all but the last byte sent, before any
    last byte is. Fails the test when one gets no complete answer in time."""
    return _exchange(port, list(requests), hold=True, deadline_s=VOLLEY_DEADLINE_S)


class _Flight:
    """One request on its way."""

    def __init__(self, request: Request, data: bytes, port: int) -> None:
        self.request = request
        self.data = data
        self.sent = 0
        self.connected = False
        self.done = False
        self.received = bytearray()
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = self.socket.connect_ex(("127.0.0.1", port))
        if code not in (0, errno.EINPROGRESS):
            self.done = True

    def may_send(self, limit: int) -> bool:
        return self.sent < len(self.data) + min(limit, 0)

    def on_writable(self, limit: int) -> None:
        if not self.connected:
            if self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.done = True
                return
            self.connected = True
        if self.may_send(limit):
            try:
                self.sent += self.socket.send(self.data[self.sent : len(self.data) + min(limit, 0)])
            except BlockingIOError:
                return
            except OSError:
                # The server answered early and closed (413): the answer may still be there to read.
                self.sent = len(self.data)

    def on_readable(self) -> None:
        try:
            part = self.socket.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        self.received += part
        self.done = not part or len(self.received) > ANSWER_BYTES or self._is_whole()

    def _is_whole(self) -> bool:
        """Whether the answer is complete by its own length, for servers that do not close."""
        head, end, body = bytes(self.received).partition(b"\r\n\r\n")
        if not end or self.request.method == "HEAD":
            return False
        length = re.search(rb"(?im)^content-length:[ \t]*(\d{1,9})[ \t]*\r?$", head)
        return length is not None and len(body) >= int(length[1])

    def answer(self) -> Answer | None:
        received = cast(socket.socket, _Received(bytes(self.received)))
        response = http.client.HTTPResponse(received, method=self.request.method)
        try:
            response.begin()
            body = response.read()
            if self.request.method == "HEAD":
                body = bytes(self.received).partition(b"\r\n\r\n")[2]
        except (http.client.HTTPException, OSError, ValueError):
            return None
        return Answer(self.request, response.status, response.headers, body)


class _Received:
    """Received bytes as the socket that HTTPResponse wants."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: Any, **__: Any) -> Any:
        return io.BytesIO(self._data)


def _exchange(port: int, requests: Sequence[Request], *, hold: bool, deadline_s: float) -> list[Answer]:
    give_up = time.monotonic() + deadline_s
    flights = [_Flight(request, request.to_bytes(port), port) for request in requests]
    try:
        if hold:
            soon = time.monotonic() + CONNECT_S
            _pump(flights, -1, soon, lambda flight: flight.connected and not flight.may_send(-1))
        _pump(flights, 0, give_up, lambda flight: False)
    finally:
        for flight in flights:
            flight.socket.close()
    answers = [flight.answer() for flight in flights]
    complete = [answer for answer in answers if answer is not None]
    if missing := len(answers) - len(complete):
        first = requests[answers.index(None)]
        raise NoAnswer(
            f"{missing} of {len(answers)} requests got no complete answer within {deadline_s:g} s; "
            f"the first: {first.method} {first.target[:120]}"
        )
    return complete


def _pump(flights: list[_Flight], limit: int, until: float, ready: Callable[[_Flight], bool]) -> None:
    """Connect, send (with `limit` -1: all but the last byte) and receive, until all are done or ready."""
    with selectors.DefaultSelector() as selector:
        for flight in flights:
            if not flight.done:
                selector.register(flight.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, flight)
        while not all(flight.done or ready(flight) for flight in flights):
            left = until - time.monotonic()
            if left <= 0:
                return
            for key, events in selector.select(left):
                flight = key.data
                if events & selectors.EVENT_WRITE:
                    flight.on_writable(limit)
                if events & selectors.EVENT_READ and flight.connected:
                    flight.on_readable()
                if flight.done:
                    # At once: gunicorn waits for the client's end of a connection, one after the other.
                    selector.unregister(flight.socket)
                    flight.socket.close()
                elif flight.connected and not flight.may_send(limit):
                    selector.modify(flight.socket, selectors.EVENT_READ, flight)
