"""Seats of one event: held for a while, then paid for or free again. README.md has the rules."""


class SeatTaken(Exception):
    """Fewer seats are free than were asked for."""


class HoldExpired(Exception):
    """The hold's time is over."""


class UnknownHold(Exception):
    """No hold has this id."""


class PaymentDeclined(Exception):
    """The gateway refused the payment."""


class ReservationService:
    def __init__(self, capacity, clock, gateway, notifier):
        raise NotImplementedError

    def available(self):
        raise NotImplementedError

    def hold(self, seats, customer):
        raise NotImplementedError

    def confirm(self, id, token, price):
        raise NotImplementedError

    def cancel(self, id):
        raise NotImplementedError
