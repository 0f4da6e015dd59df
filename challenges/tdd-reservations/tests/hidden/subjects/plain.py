"""The service as README.md has it. mutants.py and variants.py are replacements in this text."""

from dataclasses import dataclass
from typing import Any

HOLD_SECONDS = 600
MOST_SEATS = 8
GROUP_SEATS = 5


class SeatTaken(Exception):
    """Not enough seats are free."""


class HoldExpired(Exception):
    """The hold's time is over."""


class UnknownHold(Exception):
    """No hold has this id."""


class PaymentDeclined(Exception):
    """The gateway said no."""


@dataclass
class Hold:
    """Seats that wait for a payment."""

    seats: int
    customer: str
    since: int


@dataclass
class Sale:
    """Seats that are paid for."""

    seats: int
    customer: str
    total: int
    since: int


def is_whole(value: Any) -> bool:
    """An int, and not a bool."""
    return isinstance(value, int) and not isinstance(value, bool)


class ReservationService:
    """Seats of one event: held for a while, then paid for or free again."""

    def __init__(self, capacity: Any, clock: Any, gateway: Any, notifier: Any) -> None:
        if not is_whole(capacity) or capacity < 1:
            raise ValueError("capacity must be a whole number from 1")
        self._capacity = capacity
        self._clock = clock
        self._gateway = gateway
        self._notifier = notifier
        self._holds: dict[Any, Hold] = {}
        self._sales: dict[Any, Sale] = {}
        self._last = 0

    def available(self) -> int:
        now = self._clock.now()
        held = sum(hold.seats for hold in self._holds.values() if now < hold.since + HOLD_SECONDS)
        sold = sum(sale.seats for sale in self._sales.values())
        return self._capacity - held - sold

    def hold(self, seats: Any, customer: Any) -> Any:
        if not is_whole(seats) or seats < 1 or seats > MOST_SEATS:
            raise ValueError("seats must be a whole number from 1 to 8")
        if not isinstance(customer, str) or customer == "":
            raise ValueError("customer must be a string that is not empty")
        if seats > self.available():
            raise SeatTaken("too few seats are free")
        self._last += 1
        new_id = f"h{self._last}"
        self._holds[new_id] = Hold(seats, customer, self._clock.now())
        return new_id

    def confirm(self, id: Any, token: Any, price: Any) -> int:
        if not is_whole(price) or price < 0:
            raise ValueError("price must be a whole number from 0")
        hold = self._find(id)
        total = hold.seats * price
        if hold.seats >= GROUP_SEATS:
            total -= total // 10
        if total > 0:
            paid = self._gateway.charge(token, total)
            if not paid:
                raise PaymentDeclined("the payment was declined")
        del self._holds[id]
        self._sales[id] = Sale(hold.seats, hold.customer, total, hold.since)
        self._tell(hold.customer, total)
        return total

    def cancel(self, id: Any) -> None:
        if id in self._sales:
            sale = self._sales.pop(id)
            self._tell(sale.customer, -sale.total)
        else:
            self._find(id)
            del self._holds[id]

    def _find(self, id: Any) -> Hold:
        if id not in self._holds:
            raise UnknownHold("there is no such hold")
        hold = self._holds[id]
        if self._clock.now() >= hold.since + HOLD_SECONDS:
            raise HoldExpired("the hold has expired")
        return hold

    def _tell(self, customer: str, amount: int) -> None:
        try:
            self._notifier.send(customer, amount)
        except Exception:
            pass  # a notice that is lost changes nothing
