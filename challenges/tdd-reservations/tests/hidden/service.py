"""The judge's end of the proxy: one service behind a loopback port, for one run of a candidate's tests.

One JSON object a line. What arrives is data of the candidate's making: lines, objects and nesting are
capped, and nothing but the service is reached by it.

    proxy: {"new": [capacity]}                               judge: {"value": number of the object}
    proxy: {"call": [object, "hold", [2, "ann"]]}            judge: {"port": ["clock", "now", []]}
    proxy: {"answer": 17}                                    judge: {"value": "h1"}

The judge answers a call with {"value": …}, {"raise": kind, "name": …, "text": …}, or {"again": n}, which
means the exception that the proxy kept as n. While a port runs, the proxy may make further calls.
Values other than None, bool, int, float and str cross as {"ref": n}: only the proxy knows what it is.
"""

import builtins
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

KINDS = ("SeatTaken", "HoldExpired", "UnknownHold", "PaymentDeclined")
METHODS = {"available": 0, "hold": 2, "confirm": 3, "cancel": 1}

MAX_LINE_BYTES = 1 << 20
MAX_OBJECTS = 20_000
MAX_NESTING = 20
MAX_CONNECTIONS = 8
IDLE_S = 60.0


class Hangup(Exception):
    """The proxy is gone, or says what it may not."""


@dataclass(frozen=True)
class Ref:
    """A value that stays with the candidate."""

    number: int


class PortError(Exception):
    """A port raised an exception; `ref` tells which."""

    def __init__(self, ref: int) -> None:
        super().__init__(f"exception {ref} of a port")
        self.ref = ref


class PortAbort(BaseException):
    """A port raised something that is no Exception (pytest.fail does): no service may swallow it."""

    def __init__(self, ref: int) -> None:
        super().__init__(f"exception {ref} of a port")
        self.ref = ref


@cache
def compiled(source: str) -> CodeType:
    """The source as code, once for all runs."""
    return compile(source, "booking.py", "exec")


class Conversation:
    """One connection of a proxy."""

    def __init__(self, sock: socket.socket, namespace: dict[str, Any]) -> None:
        self._socket = sock
        self._lines = sock.makefile("rb")
        self._namespace = namespace
        self._objects: list[Any] = []
        self._depth = 0

    def serve(self) -> None:
        """Answer until the other side goes away."""
        with contextlib.suppress(Hangup, OSError):
            while True:
                self._write(self._handle(self._read()))

    def ask_port(self, number: int, port: str, method: str, args: list[Any]) -> Any:
        """Have the proxy call a port of an object; serve what is asked meanwhile."""
        self._write({"port": [number, port, method, [_encode(arg) for arg in args]]})
        while True:
            message = self._read()
            if "answer" in message:
                return _decode(message["answer"])
            if "failed" in message:
                ref = _number(message["failed"])
                raise PortError(ref) if message.get("ordinary") is True else PortAbort(ref)
            self._write(self._handle(message))

    def _handle(self, message: dict[str, Any]) -> dict[str, Any]:
        self._depth += 1
        try:
            if self._depth > MAX_NESTING:
                raise Hangup
            return {"value": _encode(self._act(message))}
        except (PortError, PortAbort) as error:
            return {"again": error.ref}
        except (Hangup, OSError):
            raise
        except Exception as error:
            return _describe(error)
        finally:
            self._depth -= 1

    def _act(self, message: dict[str, Any]) -> Any:
        match message:
            case {"new": [capacity]} if len(self._objects) < MAX_OBJECTS:
                number = len(self._objects)
                self._objects.append(None)
                ports = (_Clock(self, number), _Gateway(self, number), _Notifier(self, number))
                self._objects[number] = self._namespace["ReservationService"](_decode(capacity), *ports)
                return number
            case {"call": [int(number), str(method), list(args)]}:
                if method not in METHODS or len(args) != METHODS[method]:
                    raise Hangup
                if not 0 <= number < len(self._objects) or self._objects[number] is None:
                    raise Hangup
                return getattr(self._objects[number], method)(*map(_decode, args))
        raise Hangup

    def _read(self) -> dict[str, Any]:
        line = self._lines.readline(MAX_LINE_BYTES)
        if not line.endswith(b"\n"):
            raise Hangup
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            raise Hangup from None
        if not isinstance(message, dict):
            raise Hangup
        return message

    def _write(self, message: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(message).encode() + b"\n")


@dataclass
class _Port:
    talk: Conversation
    owner: int


class _Clock(_Port):
    def now(self) -> Any:
        return self.talk.ask_port(self.owner, "clock", "now", [])


class _Gateway(_Port):
    def charge(self, token: Any, amount: Any) -> Any:
        return self.talk.ask_port(self.owner, "gateway", "charge", [token, amount])


class _Notifier(_Port):
    def send(self, customer: Any, amount: Any) -> Any:
        return self.talk.ask_port(self.owner, "notifier", "send", [customer, amount])


class ServiceServer:
    """`with ServiceServer(source) as server:` runs a fresh module of that source behind `server.port`."""

    def __init__(self, source: str) -> None:
        self._namespace: dict[str, Any] = {"__name__": "booking"}
        exec(compiled(source), self._namespace)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=MAX_CONNECTIONS)
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "ServiceServer":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for sock in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
        for sock in [self._listener, *self._sockets]:
            sock.close()

    def _accept(self) -> None:
        for sock in self._connections():
            sock.settimeout(IDLE_S)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(sock)
            self._start(Conversation(sock, self._namespace).serve)

    def _connections(self) -> Iterator[socket.socket]:
        for _ in range(MAX_CONNECTIONS):
            try:
                yield self._listener.accept()[0]
            except OSError:
                return

    def _start(self, target: Any) -> None:
        thread = threading.Thread(target=target, name="booking-service", daemon=True)
        self._threads.append(thread)
        thread.start()


def _encode(value: Any) -> Any:
    if isinstance(value, Ref):
        return {"ref": value.number}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _decode(value: Any) -> Any:
    if isinstance(value, dict):
        return Ref(_number(value.get("ref")))
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise Hangup


def _number(value: Any) -> int:
    if type(value) is not int:
        raise Hangup
    return value


def _describe(error: Exception) -> dict[str, Any]:
    """The nearest exception that the proxy knows, and whether it is a subclass of it."""
    try:
        text = str(error)[:500]
    except Exception:
        text = ""
    for base in type(error).__mro__:
        name = base.__name__
        if name in KINDS or getattr(builtins, name, None) is base:
            return {"raise": name, "name": type(error).__name__, "text": text}
    return {"raise": "RuntimeError", "name": "RuntimeError", "text": text}
