import time

import pytest
from booking import HoldExpired, ReservationService


class FastClock:
    """A second of the service is a millisecond here."""

    def now(self):
        return int(time.monotonic() * 1000)


@pytest.fixture
def service(gateway, notifier):
    return ReservationService(10, FastClock(), gateway, notifier)


def test_a_hold_expires(service):
    hold = service.hold(3, "ann")
    time.sleep(0.7)
    with pytest.raises(HoldExpired):
        service.confirm(hold, "tok", 100)


def test_the_seats_of_an_expired_hold_are_free(service):
    service.hold(3, "ann")
    time.sleep(0.7)
    assert service.available() == 10


def test_a_confirmed_reservation_does_not_expire(service):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    time.sleep(0.7)
    assert service.available() == 7
