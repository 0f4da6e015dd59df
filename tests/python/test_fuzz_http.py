"""Fuzz targets of HTTP: what candidates' clients send to an origin, and what their services answer."""

from __future__ import annotations

import contextlib
import http.client
import io
import re
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fuzzing import fuzz
from takehome_pytest.exchange import Exchange
from takehome_pytest.http_io import MAX_HEADERS, BadRequest, Headers, read_body, read_head
from takehome_pytest.origin import Origin
from takehome_pytest.programs import Service

MAX_BODY = 2_000
WORDS = (
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b": ",
    b"GET ",
    b"HEAD / HTTP/1.0\r\n",
    b" HTTP/1.1\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 00000000000000000005\r\n",
    b"Content-Length: 18446744073709551617\r\n",
    b"Content-Length: -1\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: keep-alive, close\r\n",
    b"5\r\nhello\r\n",
    b"0\r\n\r\n",
    b"-5\r\n",
    b"+5\r\n",
    b"0x5\r\n",
    b"1_0\r\n",
    b"00000000000000000005\r\n",
    b"ffffffffffffffffffff\r\n",
    b"5;a=b\r\n",
    b"//[",
    b"http://[::1",
    b"http://a\xe2\x84\x80b/",
    b"%ff%00",
    b"?a=b&&c=%zz;d",
    b"\xff",
    b"\0",
    b"\x85",
    b"\xa0",
    b"Trailer: x\r\n" * 3,
    b"x: y\r\n" * 60,
)


# -- requests -------------------------------------------------------------------------------------


def strict_chunks(stream: io.BytesIO) -> bytes | None:
    """A chunked body (RFC 9112 section 7.1), lines ended by a bare LF too; None for anything else."""
    body = b""
    while True:
        size = re.fullmatch(rb"([0-9A-Fa-f]+)[ \t]*(;[^\n]*)?\r?\n", stream.readline())
        if size is None:
            return None
        length = int(size[1], 16)
        if length == 0:
            return body
        part = stream.read(length)
        if len(part) < length or stream.readline() not in (b"\r\n", b"\n"):
            return None
        body += part


def check_requests(data: bytes) -> None:
    stream = io.BufferedReader(io.BytesIO(data))  # type: ignore[arg-type]
    for number in range(1, 50):
        try:
            head = read_head(stream)
            if head is None:
                return
            method, target, version, headers = head
            assert method and target and version.startswith("HTTP/1.")
            assert 0 <= len(headers.fields) <= MAX_HEADERS
            check_exchange(head, number)
            at = stream.tell()
            body = read_body(stream, headers, MAX_BODY)
        except BadRequest as error:
            assert len(str(error)) < 1_000
            return
        assert len(body) <= MAX_BODY
        if "chunked" in headers.get("transfer-encoding", "").lower():
            assert body == strict_chunks(io.BytesIO(data[at:]))
        else:
            assert len(body) == int(headers.get("content-length", "0"))
            assert data[at : at + len(body)] == body


def check_exchange(head: tuple[str, str, str, Headers], number: int) -> None:
    """What a handler sees of a request: whatever arrived is told, and nothing raises."""
    origin: Any = SimpleNamespace(closing=False)
    sock: Any = None
    exchange = Exchange(origin, sock, number, head, 1)
    assert isinstance(exchange.path, str) and isinstance(exchange.keep_alive, bool)
    assert all(isinstance(text, str) for pair in exchange.query.items() for text in pair)
    assert len(repr(exchange)) < 200_000
    for name in filter(str.isascii, exchange.headers):
        assert exchange.headers[name.upper()] == ", ".join(exchange.headers.get_all(name))


def test_requests() -> None:
    fuzz("http_requests", check_requests, words=WORDS)


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What threads died of."""
    found: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: found.append(repr(args.exc_value)))
    return found


MOST_REQUESTS = 5_000
"""Of one origin: what it keeps has a bound, and these clients are many."""


def test_an_origin_survives_its_clients(complaints: list[str]) -> None:
    def handler(exchange: Exchange) -> None:
        try:
            exchange.json()
        except ValueError:
            exchange.reply(400, exchange.path.encode("utf-8", "replace"))

    with contextlib.ExitStack() as stack:

        def fresh() -> Origin:
            return stack.enter_context(Origin(handler, max_body_bytes=MAX_BODY))

        origin = fresh()

        def check(data: bytes) -> None:
            nonlocal origin
            if len(origin.log) > MOST_REQUESTS:
                stack.close()
                origin = fresh()
            before = len(origin.log)
            with socket.create_connection(("127.0.0.1", origin.port), timeout=10) as client:
                try:
                    client.sendall(data)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65_536):
                        pass
                except OSError:
                    pass  # the origin was faster to hang up
            assert complaints == []
            assert len(origin.log) - before <= data.count(b"HTTP/1.")
            connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=10)
            connection.request("GET", "/fine")
            assert connection.getresponse().read() == b"/fine"
            connection.close()

        fuzz("origin", check, words=WORDS, seeds="http_requests")


# -- answers --------------------------------------------------------------------------------------


@pytest.fixture
def rude_server() -> Iterator[Any]:
    """A server whose whole answer, whatever is asked, is its attribute `answer`."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = SimpleNamespace(answer=b"", port=listener.getsockname()[1])

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                try:
                    client.recv(65_536)
                    client.sendall(server.answer)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(10)


def test_answers_of_services(rude_server: Any) -> None:
    process: Any = None
    service = Service(process, rude_server.port)

    def check(data: bytes) -> None:
        rude_server.answer = data
        for method, max_bytes in (("GET", 1_000), ("GET", 3), ("HEAD", 1_000)):
            try:
                response = service.request(method, "/", timeout=10, max_bytes=max_bytes)
            except (OSError, http.client.HTTPException):
                continue
            assert 100 <= response.status <= 999
            assert len(response.body) <= max_bytes

    fuzz("http_answers", check, words=WORDS)
