"""What an origin keeps of its clients' requests is bounded, and an honest client never notices."""

from __future__ import annotations

import gc
import http.client
import socket
import tracemalloc
import weakref

import pytest
from takehome_pytest import CandidateValueRefused, Exchange, Origin
from takehome_pytest.budget import MAX_KEPT_BYTES

MIB = 1 << 20
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"64\r\n%b\r\n" % (b"x" * 100) * 3000
CHUNKED += b"0\r\n\r\n"


def post(origin: Origin, body: bytes, headers: dict[str, str] | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=30)
    try:
        connection.request("POST", "/page", body, headers or {})
        return connection.getresponse().status
    except (ConnectionResetError, BrokenPipeError):
        return 413  # it hung up before all was sent, and the answer was lost
    finally:
        connection.close()


def answer(exchange: Exchange) -> None:
    exchange.reply(200)


def test_large_requests_within_the_budget_are_all_kept() -> None:
    with Origin(answer) as origin:
        for _ in range(15):
            assert post(origin, b"x" * (4 * MIB)) == 200
        assert [len(exchange.body) for exchange in origin.log] == [4 * MIB] * 15
        assert 60 * MIB <= origin.kept_bytes < 61 * MIB


def test_thousands_of_small_requests_are_within_the_budget() -> None:
    with Origin(answer) as origin:
        connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=30)
        for number in range(3000):
            connection.request("GET", f"/items?page={number}", headers={"X-Trace": "a" * 100})
            connection.getresponse().read()
        connection.close()
        assert len(origin.log) == 3000
        assert origin.kept_bytes < MAX_KEPT_BYTES / 3


def test_beyond_the_budget_a_body_is_refused_and_the_test_fails() -> None:
    origin = Origin(answer, max_kept_bytes=MIB)
    handled: list[Exchange] = []
    origin._handler = handled.append
    assert post(origin, b"x" * (MIB // 2)) == 200
    assert post(origin, b"x" * (MIB // 2)) == 413
    assert [exchange.refused for exchange in origin._log] == [False, True]
    assert (origin._log[1].status, origin._log[1].body) == (413, b"")
    assert len(handled) == 1
    with pytest.raises(CandidateValueRefused, match="1048576 bytes"):
        print(origin.log)
    assert post(origin, b"") == 200, "what was given back serves others"
    with pytest.raises(CandidateValueRefused, match="1048576 bytes"):
        origin.close()
    origin.close()


def test_the_tests_own_failure_says_more() -> None:
    with pytest.raises(LookupError), Origin(answer, max_kept_bytes=MIB) as origin:
        post(origin, b"x" * MIB)
        raise LookupError


def test_heads_count_and_so_do_their_parts() -> None:
    origin = Origin(answer, max_kept_bytes=MIB)
    assert post(origin, b"", {f"x-{number}": "v" * 60_000 for number in range(20)}) == 413
    assert origin.kept_bytes == 0
    connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=30)
    connection.request("GET", "/?" + "a&" * 30_000)
    assert connection.getresponse().status == 413
    connection.close()
    assert origin._log == []
    with pytest.raises(CandidateValueRefused):
        origin.close()


def lets_go(origin: Origin, aborted: int) -> bool:
    return origin.wait_for(lambda: origin.aborted == aborted and origin.kept_bytes < 50_000, 10)


def test_promises_and_broken_off_requests_keep_nothing() -> None:
    with Origin(answer, max_kept_bytes=2 * MIB) as origin:
        for number in range(1, 6):
            head = f"POST / HTTP/1.1\r\nContent-Length: {50 * MIB}\r\n\r\n"
            with socket.create_connection(("127.0.0.1", origin.port), timeout=10) as client:
                client.sendall(head.encode() + b"x" * 1000)
            # Until its thread has seen that, the client holds the piece that it was about to send.
            assert lets_go(origin, number)
        assert post(origin, b"x" * MIB) == 200


@pytest.mark.parametrize("kind", ["bodies", "chunked", "heads", "queries", "small"])
def test_the_memory_of_an_origin_is_bounded_whatever_is_sent(kind: str) -> None:
    budget = 4 * MIB
    origin = Origin(answer, max_kept_bytes=budget)
    requests = {
        "bodies": b"POST / HTTP/1.1\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000,
        "chunked": CHUNKED,
        "heads": b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 200 + b"\r\n",
        "queries": b"GET /?" + b"a&" * 10_000 + b" HTTP/1.1\r\n\r\n",
        "small": b"GET / HTTP/1.1\r\n\r\n",
    }
    tracemalloc.start()
    try:
        while not origin._budget.exceeded:
            with socket.create_connection(("127.0.0.1", origin.port), timeout=10) as client:
                try:
                    for _ in range(20):
                        client.sendall(requests[kind])
                        if not client.recv(65_536).startswith(b"HTTP/1.1 200"):
                            break
                except ConnectionError:
                    pass
        assert tracemalloc.get_traced_memory()[0] < budget + 2 * MIB
    finally:
        tracemalloc.stop()
    with pytest.raises(CandidateValueRefused):
        origin.close()


def test_a_closed_origin_is_let_go_of() -> None:
    with Origin(answer) as origin:
        assert post(origin, b"x") == 200
    seen = weakref.ref(origin)
    del origin
    gc.collect()
    assert seen() is None
