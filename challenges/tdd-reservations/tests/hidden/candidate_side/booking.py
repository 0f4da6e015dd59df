"""Stands in for your booking.py while your tests are graded: the service itself runs elsewhere.

Which service that is cannot be told from here; these lines are the same in every run.
"""

import builtins
import itertools
import json
import os
import socket
import threading
from typing import Any

__all__ = ["HoldExpired", "PaymentDeclined", "ReservationService", "SeatTaken", "UnknownHold"]


class SeatTaken(Exception):
    """Not enough seats are free."""


class HoldExpired(Exception):
    """The hold's time is over."""


class UnknownHold(Exception):
    """No hold has this id."""


class PaymentDeclined(Exception):
    """The gateway said no."""


class ReservationService:
    """Seats of one event: held for a while, then paid for or free again."""

    def __init__(self, capacity: Any, clock: Any, gateway: Any, notifier: Any) -> None:
        self.__number = _link.make(capacity, {"clock": clock, "gateway": gateway, "notifier": notifier})

    def available(self) -> int:
        return _link.call(self.__number, "available")

    def hold(self, seats: int, customer: str) -> Any:
        return _link.call(self.__number, "hold", seats, customer)

    def confirm(self, id: Any, token: str, price: int) -> int:
        return _link.call(self.__number, "confirm", id, token, price)

    def cancel(self, id: Any) -> None:
        return _link.call(self.__number, "cancel", id)


class _Link:
    """The connection to the service."""

    def __init__(self) -> None:
        host, _, port = os.environ["JUDGE_BOOKING_URL"].rpartition("/")[2].rpartition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        self._lock = threading.RLock()
        self._ports: dict[int, dict[str, Any]] = {}
        self._making: list[dict[str, Any]] = []
        self._kept: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._serial = itertools.count()

    def make(self, capacity: Any, ports: dict[str, Any]) -> int:
        with self._lock:
            self._making.append(ports)
            try:
                number = self._ask({"new": [self._wrap(capacity)]})
            finally:
                self._making.pop()
            self._ports[number] = ports
            return number

    def call(self, number: int, method: str, *args: Any) -> Any:
        with self._lock:
            return self._ask({"call": [number, method, [self._wrap(arg) for arg in args]]})

    def _ask(self, message: dict[str, Any]) -> Any:
        self._send(message)
        while True:
            line = self._lines.readline()
            if not line:
                raise ConnectionError("the booking service is gone")
            reply = json.loads(line)
            if "port" in reply:
                self._send(self._use_port(*reply["port"]))
            elif "again" in reply:
                raise self._kept[reply["again"]]
            elif "raise" in reply:
                raise _exception(reply["raise"], reply["name"], reply["text"])
            else:
                return self._unwrap(reply["value"])

    def _use_port(self, number: int, port: str, method: str, args: list[Any]) -> dict[str, Any]:
        ports = self._ports.get(number) or self._making[-1]
        try:
            result = getattr(ports[port], method)(*map(self._unwrap, args))
            return {"answer": _ANSWERS[port](result)}
        except BaseException as error:
            return {"failed": self._keep(error), "ordinary": isinstance(error, Exception)}

    def _send(self, message: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def _wrap(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        for kind in (int, float, str):
            if isinstance(value, kind):
                return kind(value)
        return {"ref": self._keep(value)}

    def _unwrap(self, value: Any) -> Any:
        return self._kept[value["ref"]] if isinstance(value, dict) else value

    def _keep(self, value: Any) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = next(self._serial)
            self._kept[number] = value  # for good, so that the id() stays its own
        return number


def _time(result: Any) -> int:
    """A clock that was never told the time gives a mock object: then it is always the same time."""
    try:
        return int(result)
    except (TypeError, ValueError):
        return 0


_ANSWERS = {"clock": _time, "gateway": bool, "notifier": lambda result: None}


def _exception(kind: str, name: str, text: str) -> BaseException:
    base = globals()[kind] if kind in __all__ else getattr(builtins, kind)
    made = base if name == kind else type(name, (base,), {})
    return made(text) if text else made()


_link = _Link()
