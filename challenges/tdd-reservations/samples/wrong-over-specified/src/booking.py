"""Seats of one event: held for a while, then paid for or free again."""

from dataclasses import dataclass
from typing import Any, Protocol

HOLD_SECONDS = 600
MOST_SEATS = 8
DISCOUNT_FROM_SEATS = 5


class SeatTaken(Exception):
    """Fewer seats are free than were asked for."""


class HoldExpired(Exception):
    """The hold's time is over."""


class UnknownHold(Exception):
    """No hold has this id: it never existed, was cancelled or is confirmed already."""


class PaymentDeclined(Exception):
    """The gateway refused the payment."""


class Clock(Protocol):
    def now(self) -> int: ...


class Gateway(Protocol):
    def charge(self, token: str, amount: int) -> bool: ...


class Notifier(Protocol):
    def send(self, customer: str, amount: int) -> None: ...


@dataclass(frozen=True)
class _Hold:
    seats: int
    customer: str
    expires: int


@dataclass(frozen=True)
class _Sale:
    seats: int
    customer: str
    total: int


class ReservationService:
    """Sells the seats of one event. Ids are opaque."""

    def __init__(self, capacity: int, clock: Clock, gateway: Gateway, notifier: Notifier) -> None:
        self._capacity = _whole("capacity", capacity, lowest=1)
        self._clock = clock
        self._gateway = gateway
        self._notifier = notifier
        self._holds: dict[int, _Hold] = {}
        self._sales: dict[int, _Sale] = {}
        self._last_id = 0

    def available(self) -> int:
        """Seats that can be held now."""
        now = self._clock.now()
        held = sum(hold.seats for hold in self._holds.values() if now < hold.expires)
        return self._capacity - held - sum(sale.seats for sale in self._sales.values())

    def hold(self, seats: int, customer: str) -> int:
        """Keep seats for HOLD_SECONDS. Raises ValueError, SeatTaken."""
        _whole("seats", seats, lowest=1)
        if seats > MOST_SEATS:
            raise ValueError(f"at most {MOST_SEATS} seats can be held at once")
        if not isinstance(customer, str) or not customer:
            raise ValueError("customer must be a string that is not empty")
        if seats > self.available():
            raise SeatTaken(f"fewer than {seats} seats are free")
        self._last_id += 1
        self._holds[self._last_id] = _Hold(seats, customer, self._clock.now() + HOLD_SECONDS)
        return self._last_id

    def confirm(self, id: int, token: str, price: int) -> int:
        """Charge for a hold and sell its seats; the total. Raises ValueError, UnknownHold, HoldExpired,
        PaymentDeclined, and what the gateway raises; then the hold is as it was.
        """
        _whole("price", price, lowest=0)
        hold = self._active(id)
        total = _total(hold.seats, price)
        if total and not self._gateway.charge(token, total):
            raise PaymentDeclined("the payment was declined")
        del self._holds[id]
        self._sales[id] = _Sale(hold.seats, hold.customer, total)
        self._notify(hold.customer, total)
        return total

    def cancel(self, id: int) -> None:
        """Give the seats of a hold or a confirmed reservation back. Raises UnknownHold, HoldExpired."""
        sale = self._sales.pop(id, None)
        if sale is not None:
            self._notify(sale.customer, -sale.total)
            return
        self._active(id)
        del self._holds[id]

    def _active(self, id: int) -> _Hold:
        hold = self._holds.get(id)
        if hold is None:
            raise UnknownHold(f"there is no hold {id!r}")
        if self._clock.now() >= hold.expires:
            raise HoldExpired(f"hold {id!r} has expired")
        return hold

    def _notify(self, customer: str, amount: int) -> None:
        try:
            self._notifier.send(customer, amount)
        except Exception:
            pass  # the money has moved: a lost notice must not look like a failed reservation


def _total(seats: int, price: int) -> int:
    full = seats * price
    return full - full // 10 if seats >= DISCOUNT_FROM_SEATS else full


def _whole(name: str, value: Any, lowest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
        raise ValueError(f"{name} must be a whole number from {lowest}")
    return value
