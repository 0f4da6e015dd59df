import pytest
from booking import HoldExpired, PaymentDeclined, SeatTaken


def test_a_hold_can_be_confirmed_for_599_seconds(service, clock):
    hold = service.hold(3, "ann")
    clock.advance(599)
    assert service.available() == 7
    assert service.confirm(hold, "tok", 100) == 300


def test_a_hold_cannot_be_confirmed_after_600_seconds(service, clock, gateway, notifier):
    hold = service.hold(3, "ann")
    clock.advance(600)
    with pytest.raises(HoldExpired):
        service.confirm(hold, "tok", 100)
    assert gateway.charges == []
    assert notifier.notices == []


def test_the_seats_are_taken_for_599_seconds(service, clock):
    service.hold(8, "ann")
    clock.advance(599)
    with pytest.raises(SeatTaken):
        service.hold(3, "bob")


def test_the_seats_are_free_after_600_seconds(service, clock):
    service.hold(8, "ann")
    clock.advance(600)
    assert service.available() == 10
    service.hold(8, "bob")
    assert service.available() == 2


def test_an_expired_hold_stays_expired(service, clock):
    hold = service.hold(8, "ann")
    clock.advance(5_000)
    service.hold(8, "bob")
    for _ in range(2):
        with pytest.raises(HoldExpired):
            service.confirm(hold, "tok", 100)
        with pytest.raises(HoldExpired):
            service.cancel(hold)
    assert service.available() == 2


def test_the_time_of_a_hold_starts_with_the_hold(service, clock):
    early = service.hold(1, "ann")
    clock.advance(500)
    late = service.hold(1, "ann")
    clock.advance(599)
    with pytest.raises(HoldExpired):
        service.confirm(early, "tok", 100)
    assert service.confirm(late, "tok", 100) == 100


def test_a_declined_payment_does_not_give_more_time(service, clock, gateway):
    hold = service.hold(3, "ann")
    clock.advance(400)
    gateway.accepts = False
    with pytest.raises(PaymentDeclined):
        service.confirm(hold, "tok", 100)
    gateway.accepts = True
    clock.advance(200)
    assert service.available() == 10
    with pytest.raises(HoldExpired):
        service.confirm(hold, "tok", 100)


def test_a_payment_may_outlast_the_hold(service, clock, gateway):
    hold = service.hold(3, "ann")
    clock.advance(599)
    gateway.during = lambda: clock.advance(30)
    assert service.confirm(hold, "tok", 100) == 300
    assert service.available() == 7


def test_a_confirmed_reservation_does_not_expire(service, clock, notifier):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    clock.advance(10_000)
    assert service.available() == 7
    service.cancel(hold)
    assert service.available() == 10
    assert notifier.notices[-1] == ("ann", -300)
