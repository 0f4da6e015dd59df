"""Seats of one event. Expired holds are swept away whenever anything is asked."""

import itertools
from typing import Any

LIFETIME = 10 * 60


class SeatTaken(Exception):
    pass


class HoldExpired(Exception):
    pass


class UnknownHold(Exception):
    pass


class PaymentDeclined(Exception):
    pass


class ReservationService:
    def __init__(self, capacity: Any, clock: Any, gateway: Any, notifier: Any) -> None:
        if type(capacity) is not int or capacity <= 0:
            raise ValueError(capacity)
        self.free = capacity
        self.ports = (clock, gateway, notifier)
        self.waiting: dict[Any, tuple[int, str, int]] = {}
        self.paid: dict[Any, tuple[int, str, int]] = {}
        self.lapsed: set[Any] = set()
        self.numbers = itertools.count(7001, 17)

    def available(self) -> int:
        self.sweep()
        return self.free

    def hold(self, seats: Any, customer: Any) -> Any:
        self.sweep()
        if type(seats) is not int or seats not in range(1, 9):
            raise ValueError(seats)
        if type(customer) is not str or not customer:
            raise ValueError(customer)
        if self.free < seats:
            raise SeatTaken
        number = next(self.numbers)
        self.waiting[number] = (seats, customer, self.ports[0].now() + LIFETIME)
        self.free -= seats
        return number

    def confirm(self, id: Any, token: Any, price: Any) -> int:
        self.sweep()
        seats, customer, _ = self.pending(id)
        if type(price) is not int or price < 0:
            raise ValueError(price)
        amount = seats * price
        if seats > 4:
            amount = amount - amount // 10
        if amount and not self.ports[1].charge(token, amount):
            raise PaymentDeclined
        # The seats stay counted from hold to sale, whatever the clock did meanwhile.
        if id in self.lapsed:
            self.lapsed.discard(id)
            self.free -= seats
        self.waiting.pop(id, None)
        self.paid[id] = (seats, customer, amount)
        self.announce(customer, amount)
        return amount

    def cancel(self, id: Any) -> None:
        self.sweep()
        if id in self.paid:
            seats, customer, amount = self.paid.pop(id)
            self.free += seats
            self.announce(customer, -amount)
            return
        self.free += self.pending(id)[0]
        del self.waiting[id]

    def sweep(self) -> None:
        now = self.ports[0].now()
        for number in [number for number, held in self.waiting.items() if held[2] <= now]:
            self.free += self.waiting.pop(number)[0]
            self.lapsed.add(number)

    def pending(self, id: Any) -> tuple[int, str, int]:
        if id in self.lapsed:
            raise HoldExpired
        if id not in self.waiting:
            raise UnknownHold
        return self.waiting[id]

    def announce(self, customer: str, amount: int) -> None:
        try:
            self.ports[2].send(customer, amount)
        except Exception:
            return
