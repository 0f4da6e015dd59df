"""The origin: what it logs is what happened, at the moment it happened."""

from __future__ import annotations

import http.client
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable

import pytest
from takehome_pytest import Exchange, Gate, Origin, refused_url


def get(origin: Origin, path: str = "/", timeout: float = 10.0) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def send_request(origin: Origin, text: str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n") -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", origin.port), timeout=10)
    sock.sendall(text.encode())
    return sock


def read_all(sock: socket.socket) -> bytes:
    data = b""
    try:
        while chunk := sock.recv(65536):
            data += chunk
    except ConnectionResetError:
        data += b"<reset>"
    sock.close()
    return data


def in_threads(count: int, action: Callable[[int], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=action, args=(n,), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_an_exchange_shows_the_request_and_its_answer() -> None:
    def handler(exchange: Exchange) -> None:
        exchange.reply(201, json={"got": exchange.json()["a"]}, headers={"X-Test": "1"})

    with Origin(handler) as origin:
        request = urllib.request.Request(
            origin.url + "/p%20q?a=1&b=2&a=3", b'{"a": "\xc3\xa4"}', {"X-Key": "k"}, method="PUT"
        )
        with urllib.request.urlopen(request) as response:
            assert response.status == 201
            assert response.headers["X-Test"] == "1"
            assert response.read() == b'{"got": "\\u00e4"}'
    (exchange,) = origin.log
    assert (exchange.method, exchange.path, exchange.number, exchange.status) == ("PUT", "/p q", 1, 201)
    assert exchange.query == {"a": "3", "b": "2"}
    assert exchange.query_list[0] == ("a", "1")
    assert exchange.headers["x-key"] == "k"
    assert "X-Nope" not in exchange.headers
    assert exchange.answered is not None
    assert exchange.arrived <= exchange.answered
    assert not exchange.aborted


def test_a_handler_that_says_nothing_answers_200() -> None:
    with Origin(lambda exchange: None) as origin:
        assert get(origin) == (200, b"")


def test_connections_are_kept_alive_and_counted() -> None:
    with Origin(lambda exchange: exchange.reply(body="x")) as origin:
        connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=5)
        for _ in range(3):
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"x"
        connection.close()
        assert origin.connections == 1
        get(origin)
        assert origin.connections == 2
        assert [exchange.connection for exchange in origin.log] == [1, 1, 1, 2]


def test_chunked_and_expected_bodies_arrive_whole() -> None:
    with Origin(lambda exchange: exchange.reply(body=exchange.body)) as origin:
        connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=5)
        connection.request("POST", "/", iter([b"ab", b"cd" * 1000]), encode_chunked=True)
        assert connection.getresponse().read() == b"ab" + b"cd" * 1000
        connection.close()
        sock = send_request(
            origin,
            "POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        )
        assert sock.recv(100).startswith(b"HTTP/1.1 100 Continue")
        sock.sendall(b"ok")
        assert read_all(sock).endswith(b"\r\n\r\nok")


def test_a_head_request_and_204_have_no_body() -> None:
    with Origin(lambda exchange: exchange.reply(204 if exchange.path == "/none" else 200, b"body")) as origin:
        answer = read_all(send_request(origin, "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n"))
        assert b"Content-Length: 4" in answer
        assert answer.endswith(b"\r\n\r\n")
        assert get(origin, "/none") == (204, b"")


@pytest.mark.parametrize(
    "request_text",
    [
        "nonsense\r\n\r\n",
        "GET / HTTP/2\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\n" + "a: b\r\n" * 300 + "\r\n",
        "GET /" + "x" * 70_000 + " HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
    ],
    ids=range(9),
)
def test_what_is_not_http_is_dropped_and_the_origin_lives(request_text: str) -> None:
    with Origin(lambda exchange: exchange.reply()) as origin:
        read_all(send_request(origin, request_text))
        assert get(origin)[0] == 200
        assert origin.in_flight == 0


@pytest.fixture(params=["epoll", "portable"])
def monitor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to notice that a client has gone."""
    if request.param == "portable":
        monkeypatch.setattr("takehome_pytest.monitor._LINUX", False)
    elif sys.platform != "linux":
        pytest.skip("epoll is Linux")


def test_in_flight_falls_when_the_client_goes_while_the_handler_waits(monitor: None) -> None:
    release = threading.Event()
    with Origin(lambda exchange: release.wait(10)) as origin:
        sock = send_request(origin)
        assert origin.wait_for(lambda: origin.in_flight == 1, 5)
        sock.close()
        assert origin.wait_for(lambda: origin.in_flight == 0, 2)
        assert origin.aborted == 1
        assert origin.log[0].client_gone
        release.set()


def test_a_reset_by_the_client_counts_as_gone(monitor: None) -> None:
    with Origin(lambda exchange: exchange.hang(10)) as origin:
        sock = send_request(origin)
        assert origin.wait_for(lambda: origin.in_flight == 1, 5)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.close()
        assert origin.wait_for(lambda: origin.in_flight == 0, 2)


def test_a_client_with_n_slots_never_looks_like_n_plus_one(monitor: None) -> None:
    """The next request may arrive before the thread that sent the last answer runs again."""
    slots = 4
    with Origin(lambda exchange: exchange.reply(body=b"x" * 100)) as origin:
        for thread in in_threads(slots, lambda _: [get(origin) for _ in range(100)]):
            thread.join(30)
        assert len(origin.log) == slots * 100
        assert origin.max_in_flight <= slots
        assert origin.aborted == 0


def test_a_client_that_gives_up_and_asks_again_never_looks_like_two(monitor: None) -> None:
    with Origin(lambda exchange: exchange.hang(10)) as origin:
        for _ in range(100):
            sock = send_request(origin)
            assert origin.wait_for(lambda: origin.in_flight == 1, 5)
            sock.close()
        assert origin.max_in_flight == 1


def test_200_connections_at_once() -> None:
    gate = Gate(200)

    def handler(exchange: Exchange) -> None:
        assert exchange.hold(gate, 20)
        exchange.reply(body=str(exchange.number))

    with Origin(handler) as origin:
        socks = [send_request(origin, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n") for _ in range(200)]
        assert gate.wait(20)
        answers = {read_all(sock).rpartition(b"\r\n")[2] for sock in socks}
        assert len(answers) == 200
        assert origin.max_in_flight == gate.peak == 200
        assert origin.in_flight == 0


def test_a_gate_does_not_open_for_clients_that_left() -> None:
    gate = Gate(2)
    outcomes: list[bool] = []
    with Origin(lambda exchange: outcomes.append(exchange.hold(gate, 10))) as origin:
        first = send_request(origin)
        assert origin.wait_for(lambda: gate.waiting == 1, 5)
        first.close()
        assert origin.wait_for(lambda: outcomes == [False], 2)
        second = send_request(origin)
        assert origin.wait_for(lambda: gate.waiting == 1, 5)
        assert not gate.opened
        gate.open()
        assert origin.wait_for(lambda: outcomes == [False, True], 5)
        second.close()


def test_hold_waits_for_events_and_predicates() -> None:
    event = threading.Event()
    steps: list[bool] = []

    def handler(exchange: Exchange) -> None:
        steps.append(exchange.hold(event, 10))
        steps.append(exchange.hold(lambda origin: len(origin.log) >= 2, 10))
        steps.append(exchange.hold(lambda: False, 0.05))
        exchange.reply()

    with Origin(lambda exchange: handler(exchange) if exchange.path == "/held" else None) as origin:
        (thread,) = in_threads(1, lambda _: get(origin, "/held"))
        assert origin.wait_for(lambda: origin.in_flight == 1, 5)
        event.set()
        assert origin.wait_for(lambda: steps == [True], 5)
        get(origin)
        thread.join(5)
    assert steps == [True, True, False]


def test_hold_ends_when_the_client_goes() -> None:
    results: list[bool] = []
    with Origin(lambda exchange: results.append(exchange.hold(threading.Event(), 10))) as origin:
        sock = send_request(origin)
        assert origin.wait_for(lambda: origin.in_flight == 1, 5)
        sock.close()
        assert origin.wait_for(lambda: results == [False], 2)


def test_a_dripping_body_takes_its_time_and_notices_the_client_leaving() -> None:
    results: list[bool] = []
    with Origin(lambda exchange: results.append(exchange.drip(b"abcdef", 0.05, chunk=2))) as origin:
        started = time.monotonic()
        assert get(origin) == (200, b"abcdef")
        assert time.monotonic() - started >= 0.1
    with Origin(lambda exchange: results.append(exchange.drip(b"x" * 1000, 0.05))) as origin:
        sock = send_request(origin)
        sock.recv(10)
        sock.close()
        assert origin.wait_for(lambda: len(results) == 2, 5)
        assert origin.aborted == 1
    assert results == [True, False]


def test_truncated_answers_close_early() -> None:
    with Origin(lambda exchange: exchange.truncate(body=b"part", content_length=100)) as origin:
        with pytest.raises(http.client.IncompleteRead):
            get(origin)
        assert origin.log[0].status == 200


def test_a_reset_reaches_the_client() -> None:
    with Origin(lambda exchange: exchange.reset()) as origin:
        assert read_all(send_request(origin)) == b"<reset>"
        assert origin.log[0].status is None


def test_a_hanging_answer_ends_with_the_clients_patience() -> None:
    with Origin(lambda exchange: exchange.hang(10)) as origin:
        with pytest.raises(TimeoutError):
            get(origin, timeout=0.2)
        assert origin.wait_for(lambda: origin.in_flight == 0, 2)
        assert origin.log[0].answered is None
        assert origin.aborted == 1


def test_the_stamp_of_an_answer_is_never_later_than_the_clients_receipt() -> None:
    with Origin(lambda exchange: exchange.reply(body=b"x")) as origin:
        for _ in range(50):
            get(origin)
            received = time.monotonic()
            answered = origin.log[-1].answered
            assert answered is not None
            assert answered <= received


def test_an_error_of_the_handler_fails_the_test_and_not_the_client_alone() -> None:
    def handler(exchange: Exchange) -> None:
        raise AssertionError("unexpected request")

    with pytest.raises(AssertionError, match="unexpected request"), Origin(handler) as origin:
        assert get(origin)[0] == 500


def test_answering_twice_is_the_authors_mistake() -> None:
    def handler(exchange: Exchange) -> None:
        exchange.reply()
        exchange.reply()

    with pytest.raises(RuntimeError, match="answered before"), Origin(handler) as origin:
        get(origin)


def test_close_ends_waiting_handlers_and_connections() -> None:
    with Origin(lambda exchange: exchange.hang(60)) as origin:
        socks = [send_request(origin) for _ in range(5)]
        assert origin.wait_for(lambda: origin.in_flight == 5, 5)
        started = time.monotonic()
    assert time.monotonic() - started < 2
    for sock in socks:
        assert read_all(sock) in (b"", b"<reset>")
    with pytest.raises(ConnectionRefusedError):
        send_request(origin)
    assert origin.aborted == 0


def test_nothing_listens_on_the_refused_url() -> None:
    with pytest.raises(OSError) as caught:
        urllib.request.urlopen(refused_url(), timeout=5)
    assert isinstance(caught.value.__cause__ or caught.value.reason, ConnectionRefusedError)  # type: ignore[attr-defined]


def test_stop_listening_refuses_new_clients_only() -> None:
    with Origin(lambda exchange: exchange.reply(body="x")) as origin:
        connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=5)
        connection.request("GET", "/")
        connection.getresponse().read()
        origin.stop_listening()
        with pytest.raises(ConnectionRefusedError):
            send_request(origin)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"x"
        connection.close()
