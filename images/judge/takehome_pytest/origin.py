"""A judge-owned HTTP server on loopback with an event log, for candidate code to talk to."""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType

from takehome_pytest.budget import MAX_KEPT_BYTES, REQUEST_BYTES, Budget, Tab, TooMuch
from takehome_pytest.exchange import Exchange, ask
from takehome_pytest.faults import CandidateValueRefused
from takehome_pytest.http_io import BadRequest, Headers, read_body, read_head, response_head
from takehome_pytest.monitor import DisconnectMonitor, has_closed

__all__ = ["Exchange", "Origin", "refused_url"]

Handler = Callable[[Exchange], object]
Head = tuple[str, str, str, Headers]

_BACKLOG = 1024
_MAX_BODY_BYTES = 64 << 20
_IDLE_S = 300.0
_JOIN_S = 5.0
_refused: list[socket.socket] = []


class Origin:
    """Serves until `close`: a thread for each connection, in which the handler runs.

    A handler that returns without an answer has said `reply(200)`; one that raises answers 500, and `close`
    raises its exception in the test. `port`, `url` (no trailing slash), `connections` (TCP connects so far),
    `in_flight` and `max_in_flight` (requests whose head arrived, not yet answered in full, whose client is
    still there), `aborted` (clients that left before their answer was complete).

    It keeps at most `max_kept_bytes` of what all requests brought. Beyond that they are answered 413 and not
    handled; `log`, which is then incomplete, and `close` raise CandidateValueRefused.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        max_body_bytes: int = _MAX_BODY_BYTES,
        max_kept_bytes: int = MAX_KEPT_BYTES,
    ) -> None:
        self._handler = handler
        self._max_body_bytes = max_body_bytes
        self._max_kept_bytes = max_kept_bytes
        self._budget = Budget(max_kept_bytes)
        self._changed = threading.Condition()
        self._log: list[Exchange] = []
        self._in_flight: dict[Exchange, socket.socket] = {}
        self._errors: list[BaseException] = []
        self._sockets: dict[int, socket.socket] = {}
        self._threads: set[threading.Thread] = set()
        self.connections = 0
        self.in_flight = 0
        self.max_in_flight = 0
        self.aborted = 0
        self.closing = False
        self._monitor = DisconnectMonitor()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._acceptor = threading.Thread(target=self._accept, name="origin-accept", daemon=True)
        self._acceptor.start()

    @property
    def log(self) -> list[Exchange]:
        """All exchanges in order of arrival, a snapshot. Raises CandidateValueRefused when there are more."""
        __tracebackhide__ = True
        self._check_budget()
        with self._changed:
            return list(self._log)

    @property
    def kept_bytes(self) -> int:
        """What it keeps of what its clients sent."""
        return self._budget.taken

    def wait_for(self, predicate: Callable[..., object], timeout: float) -> bool:
        """Wait until a predicate (of nothing, or of the origin) holds. False after `timeout` seconds."""
        give_up = time.monotonic() + timeout
        while not ask(predicate, self):
            left = give_up - time.monotonic()
            if left <= 0:
                return False
            self.wait_change(min(left, 0.05))
        return True

    def wait_change(self, timeout: float) -> None:
        """Wait until something arrives, is answered or goes away, at most `timeout` seconds."""
        with self._changed:
            self._changed.wait(timeout)

    def stop_listening(self) -> None:
        """Refuse new connections from now on; open ones go on."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread
        except OSError:
            pass
        self._listener.close()

    def close(self) -> None:
        """Stop, drop all connections, and raise the first exception of a handler, if there was one.

        Raises CandidateValueRefused when more was sent than is kept.
        """
        if self.closing:
            return
        self.closing = True
        self.stop_listening()
        with self._changed:
            sockets = list(self._sockets.values())
            exchanges = [e for e in self._log if e.ended is None and not e.completing]
        for exchange in exchanges:
            exchange.dropped = True
            exchange.mark_gone()
        for sock in sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        give_up = time.monotonic() + _JOIN_S
        self._acceptor.join(_JOIN_S)
        with self._changed:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, give_up - time.monotonic()))
        self._monitor.close()
        if self._errors:
            raise self._errors[0]
        self._check_budget()

    def _check_budget(self) -> None:
        __tracebackhide__ = True
        if self._budget.exceeded:
            raise CandidateValueRefused(f"more than {self._max_kept_bytes} bytes were sent to one origin")

    def __enter__(self) -> Origin:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except BaseException:
            if error is None:  # the test's own failure says more
                raise

    def released(self, exchange: Exchange) -> None:
        """An exchange is no longer in flight (told by itself); only the first time counts."""
        with self._changed:
            if self._in_flight.pop(exchange, None) is not None:
                self.in_flight = len(self._in_flight)
                self._changed.notify_all()

    def finished(self, exchange: Exchange, aborted: bool) -> None:
        """An exchange is over (told by itself); only the first time counts."""
        self.released(exchange)
        with self._changed:
            if exchange.ended is not None:
                return
            exchange.ended = time.monotonic()
            exchange.aborted = aborted
            self.aborted += aborted
            self._changed.notify_all()

    def _arrived(self, sock: socket.socket, head: Head, number: int) -> Exchange:
        with self._changed:
            # A client may close one connection and use the next before the monitor, or the thread of the
            # first, has run. Its FIN is in the kernel by then, so a new maximum is only believed once every
            # client has been looked at, this one included.
            if self.in_flight >= self.max_in_flight:
                self._drop_gone()
            exchange = Exchange(self, sock, len(self._log) + 1, head, number)
            self._log.append(exchange)
            if has_closed(sock):
                exchange.mark_gone()
            else:
                self._in_flight[exchange] = sock
                self.in_flight = len(self._in_flight)
                self.max_in_flight = max(self.max_in_flight, self.in_flight)
            self._changed.notify_all()
        return exchange

    def _drop_gone(self) -> None:
        for exchange, sock in list(self._in_flight.items()):
            if has_closed(sock):
                exchange.mark_gone()

    def _accept(self) -> None:
        while not self.closing:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                if self.closing or self._listener.fileno() < 0:
                    return
                time.sleep(0.01)  # out of descriptors for a moment
                continue
            with self._changed:
                self.connections += 1
                number = self.connections
                self._sockets[number] = sock
                thread = threading.Thread(
                    target=self._serve, args=(sock, number), name=f"origin-{number}", daemon=True
                )
                self._changed.notify_all()
                self._threads.add(thread)
            try:
                thread.start()
            except RuntimeError:  # no more threads: this client goes, the others are served
                with self._changed:
                    self._sockets.pop(number, None)
                    self._threads.discard(thread)
                sock.close()

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(_IDLE_S)
            with sock.makefile("rb") as stream:
                while not self.closing and self._serve_one(sock, stream, number):
                    pass
        except (BadRequest, OSError, http.client.HTTPException):
            pass  # the client broke off or does not speak HTTP; the log shows what had arrived
        finally:
            with self._changed:
                self._sockets.pop(number, None)
                self._threads.discard(threading.current_thread())
                self._changed.notify_all()
            sock.close()

    def _serve_one(self, sock: socket.socket, stream: io.BufferedReader, number: int) -> bool:
        """One request; whether the connection can carry another."""
        tab = Tab(self._budget)
        try:
            head = read_head(stream, tab.charge)
            if head is not None:
                tab.charge(REQUEST_BYTES)
        except BaseException as error:
            tab.cancel()
            if isinstance(error, BadRequest):
                _refuse(sock, 413 if isinstance(error, TooMuch) else 400)
            raise
        if head is None:
            return False
        exchange = self._arrived(sock, head, number)
        tab = Tab(self._budget)
        try:
            if exchange.headers.get("expect", "").lower() == "100-continue":
                sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            exchange.body = read_body(stream, exchange.headers, self._max_body_bytes, tab.charge)
        except BaseException as error:
            tab.cancel()
            if isinstance(error, TooMuch):
                exchange.refused, exchange.status = True, 413
                _refuse(sock, 413)
            self.finished(exchange, not exchange.refused)
            raise
        self._monitor.watch(sock, exchange.mark_gone)
        try:
            self._handle(exchange)
        finally:
            self._monitor.unwatch(sock)
            self.finished(exchange, False)
        return exchange.keep_alive and not exchange.client_gone

    def _handle(self, exchange: Exchange) -> None:
        try:
            self._handler(exchange)
            if not exchange.replied:
                exchange.reply()
        except BaseException as error:
            if not exchange.dropped and not self._errors:
                self._errors.append(error)  # the first is told; each would keep its frames
            exchange.keep_alive = False
            if not exchange.replied:
                exchange.reply(500)


def _refuse(sock: socket.socket, status: int) -> None:
    """Answer without a body, before the connection is closed. Raises OSError."""
    sock.sendall(response_head(status, {"Content-Length": "0", "Connection": "close"}))


def refused_url() -> str:
    """A loopback URL on which nothing listens: connecting is refused at once.

    The port stays bound (not listening) for the life of the judge, so nobody else can take it.
    """
    if not _refused:
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        _refused.append(sock)
    return f"http://127.0.0.1:{_refused[0].getsockname()[1]}"
