"""Your own service in a disguise: put in place of booking.py, so that your tests run over it.

`DISGUISE` is a name. `ids` is as right as your service is; the others are wrong.
"""

import itertools

import own_booking
from own_booking import HoldExpired, PaymentDeclined, SeatTaken, UnknownHold

__all__ = ["HoldExpired", "PaymentDeclined", "ReservationService", "SeatTaken", "UnknownHold"]

DISGUISE = "ids"


class Twice:
    def __init__(self, gateway):
        self.gateway = gateway

    def charge(self, token, amount):
        return self.gateway.charge(token, amount) and self.gateway.charge(token, amount)


class Silent:
    def send(self, customer, amount):
        pass


class Late:
    """Is a second late, from the first hold on."""

    def __init__(self, clock):
        self.clock = clock
        self.lag = 0

    def now(self):
        return self.clock.now() - self.lag


class ReservationService:
    def __init__(self, capacity, clock, gateway, notifier):
        gateway = Twice(gateway) if DISGUISE == "charges-twice" else gateway
        notifier = Silent() if DISGUISE == "never-notifies" else notifier
        self.clock = Late(clock)
        self.own = own_booking.ReservationService(capacity, self.clock, gateway, notifier)
        self.ids = {}
        self.serial = itertools.count(1)

    def available(self):
        return self.own.available()

    def hold(self, seats, customer):
        if DISGUISE == "refuses-the-last-seat" and seats == self.own.available():
            raise SeatTaken
        if DISGUISE == "accepts-nine" and seats == 9:
            self.own.hold(1, customer)
            return self.hold(8, customer)
        made = f"disguised {next(self.serial)}"
        self.ids[made] = self.own.hold(seats, customer)
        self.clock.lag = 1 if DISGUISE == "expires-late" else 0
        return made

    def confirm(self, id, token, price):
        total = self.own.confirm(self.ids.get(id, id), token, price)
        return price if DISGUISE == "returns-the-price" else total

    def cancel(self, id):
        if DISGUISE == "cancels-nothing":
            return
        self.own.cancel(self.ids.get(id, id))
