"""Seats of one event, worked out from the list of what happened."""

import operator
from typing import Any


class BookingError(Exception):
    pass


class SeatTaken(BookingError):
    pass


class HoldExpired(BookingError):
    pass


class UnknownHold(BookingError):
    pass


class PaymentDeclined(BookingError):
    pass


def whole(value: Any, lowest: int, highest: float = float("inf")) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not a whole number")
    if not lowest <= value <= highest:
        raise ValueError("out of range")
    return value


class ReservationService:
    def __init__(self, capacity: Any, clock: Any, gateway: Any, notifier: Any) -> None:
        self._entries: list[tuple[str, Any]] = [("opened", whole(capacity, 1))]
        self._now, self._charge, self._send = (
            operator.attrgetter(name) for name in ("now", "charge", "send")
        )
        self._clock, self._gateway, self._notifier = clock, gateway, notifier

    def available(self) -> int:
        now = self._now(self._clock)()
        seats = self._entries[0][1]
        for key, entry in self._open().items():
            if key in self._facts("confirmed") or now - entry["at"] < 600:
                seats -= entry["seats"]
        return seats

    def hold(self, seats: Any, customer: Any) -> Any:
        if not isinstance(customer, str) or len(customer) == 0:
            raise ValueError("no customer")
        if whole(seats, 1, 8) > self.available():
            raise SeatTaken(f"{seats} seats are too many")
        key = f"{len(self._entries):04x}-{customer[::-1]}"
        entry = {"seats": seats, "customer": customer, "at": self._now(self._clock)()}
        self._entries.append(("held", (key, entry)))
        return key

    def confirm(self, id: Any, token: Any, price: Any) -> int:
        entry = self._pending(id)
        full = entry["seats"] * whole(price, 0)
        total = full - full // 10 if entry["seats"] in (5, 6, 7, 8) else full
        if total != 0:
            answer = self._charge(self._gateway)(token, total)
            if not answer:
                raise PaymentDeclined(f"no payment of {total}")
        self._notify(entry["customer"], total)
        self._entries.append(("confirmed", (id, total)))
        return total

    def cancel(self, id: Any) -> None:
        sold = self._facts("confirmed")
        if id in sold and id not in self._facts("cancelled"):
            entry = self._open()[id]
            self._entries.append(("cancelled", (id, None)))
            self._notify(entry["customer"], -sold[id])
        else:
            self._pending(id)
            self._entries.append(("cancelled", (id, None)))

    def _facts(self, kind: str) -> dict[Any, Any]:
        return dict(fact for name, fact in self._entries if name == kind)

    def _open(self) -> dict[Any, Any]:
        gone = self._facts("cancelled")
        return {key: entry for key, entry in self._facts("held").items() if key not in gone}

    def _pending(self, id: Any) -> Any:
        entry = self._open().get(id)
        if entry is None or id in self._facts("confirmed"):
            raise UnknownHold(f"nothing is held as {id}")
        if self._now(self._clock)() - entry["at"] >= 600:
            raise HoldExpired(f"{id} is too old")
        return entry

    def _notify(self, customer: str, amount: int) -> None:
        try:
            self._send(self._notifier)(customer, amount)
        except Exception:
            pass
