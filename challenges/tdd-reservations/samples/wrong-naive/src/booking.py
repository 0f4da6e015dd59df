"""The easy half: no checks, no expiry, no failures."""


class SeatTaken(Exception):
    pass


class HoldExpired(Exception):
    pass


class UnknownHold(Exception):
    pass


class PaymentDeclined(Exception):
    pass


class ReservationService:
    def __init__(self, capacity, clock, gateway, notifier):
        self.free, self.gateway, self.notifier = capacity, gateway, notifier
        self.holds = {}

    def available(self):
        return self.free

    def hold(self, seats, customer):
        if seats > self.free:
            raise SeatTaken
        self.free -= seats
        self.holds[len(self.holds)] = (seats, customer)
        return len(self.holds) - 1

    def confirm(self, id, token, price):
        seats, customer = self.holds[id]
        self.gateway.charge(token, seats * price)
        self.notifier.send(customer, seats * price)
        return seats * price

    def cancel(self, id):
        self.free += self.holds.pop(id)[0]
