from unittest.mock import MagicMock

from booking import HoldExpired, PaymentDeclined, ReservationService, SeatTaken, UnknownHold


def make():
    clock = MagicMock()
    clock.now.return_value = 0
    return ReservationService(10, clock, MagicMock(), MagicMock()), clock


def attempt(function, *args):
    try:
        return function(*args)
    except (HoldExpired, PaymentDeclined, SeatTaken, UnknownHold, ValueError):
        return None


def test_hold():
    service, _ = make()
    service.hold(3, "ann")
    print(service.available())


def test_hold_too_many():
    service, _ = make()
    attempt(service.hold, 8, "ann")
    attempt(service.hold, 8, "ann")
    attempt(service.hold, 0, "ann")
    attempt(service.hold, 9, "ann")


def test_confirm():
    service, _ = make()
    hold = service.hold(5, "ann")
    total = service.confirm(hold, "tok", 100)
    print(total)


def test_confirm_twice():
    service, _ = make()
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    attempt(service.confirm, hold, "tok", 100)


def test_cancel():
    service, _ = make()
    hold = service.hold(3, "ann")
    service.cancel(hold)
    attempt(service.cancel, hold)


def test_expiry():
    service, clock = make()
    hold = service.hold(3, "ann")
    clock.now.return_value = 600
    attempt(service.confirm, hold, "tok", 100)
    print(service.available())
