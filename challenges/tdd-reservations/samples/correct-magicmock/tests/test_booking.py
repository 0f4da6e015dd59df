from unittest.mock import MagicMock, call

import pytest
from booking import HoldExpired, PaymentDeclined, ReservationService, SeatTaken, UnknownHold

START = 0


def open_service(capacity=10):
    clock = MagicMock()
    clock.now.return_value = START
    gateway = MagicMock()  # a MagicMock is truthy: payments are accepted
    notifier = MagicMock()
    return ReservationService(capacity, clock, gateway, notifier), clock, gateway, notifier


def test_capacity_is_checked():
    for capacity in (0, -1, True, 1.5, "10", None):
        with pytest.raises(ValueError):
            open_service(capacity)
    assert open_service(1)[0].available() == 1


def test_hold_reduces_available_by_its_seats():
    service, *_ = open_service()
    service.hold(2, "ann")
    service.hold(3, "ann")
    assert service.available() == 5


def test_hold_up_to_the_last_seat():
    service, *_ = open_service(5)
    service.hold(5, "ann")
    assert service.available() == 0


def test_hold_beyond_the_last_seat_is_refused_and_changes_nothing():
    service, *_ = open_service(5)
    with pytest.raises(SeatTaken):
        service.hold(6, "ann")
    assert service.available() == 5


@pytest.mark.parametrize("seats", [-1, 0, 9, True, 1.0, None])
def test_hold_of_a_bad_number_of_seats_is_a_value_error(seats):
    service, *_ = open_service()
    with pytest.raises(ValueError):
        service.hold(seats, "ann")


def test_hold_of_eight_is_fine():
    service, *_ = open_service()
    service.hold(8, "ann")
    assert service.available() == 2


def test_hold_without_customer_is_a_value_error():
    service, *_ = open_service()
    with pytest.raises(ValueError):
        service.hold(1, "")


def test_hold_talks_to_nobody():
    service, _, gateway, notifier = open_service()
    service.hold(1, "ann")
    gateway.charge.assert_not_called()
    notifier.send.assert_not_called()


def test_ids_are_not_reused():
    service, *_ = open_service()
    first, second = service.hold(1, "ann"), service.hold(1, "bob")
    service.cancel(first)
    third = service.hold(1, "cid")
    assert third not in (first, second)
    assert service.available() == 8


def test_services_are_independent():
    one, two = open_service()[0], open_service()[0]
    one.hold(4, "ann")
    assert two.available() == 10


def test_confirm_charges_and_notifies_once():
    service, _, gateway, notifier = open_service()
    held = service.hold(3, "ann")
    service.hold(1, "zed")
    assert service.confirm(held, "Tok", 500) == 1500
    gateway.charge.assert_called_once_with("Tok", 1500)
    notifier.send.assert_called_once_with("ann", 1500)
    assert service.available() == 6


@pytest.mark.parametrize(
    "seats, price, total",
    [(1, 1, 1), (4, 10, 40), (5, 10, 45), (6, 11, 60), (5, 7, 32), (8, 1, 8), (7, 33, 208)],
)
def test_discount(seats, price, total):
    service, _, gateway, _ = open_service()
    assert service.confirm(service.hold(seats, "ann"), "tok", price) == total
    gateway.charge.assert_called_once_with("tok", total)


def test_free_seats_cost_no_charge():
    service, _, gateway, notifier = open_service()
    assert service.confirm(service.hold(2, "ann"), "tok", 0) == 0
    gateway.charge.assert_not_called()
    notifier.send.assert_called_once_with("ann", 0)


@pytest.mark.parametrize("price", [-1, -100, 1.5, True, None])
def test_bad_price_is_a_value_error_before_anything_happens(price):
    service, _, gateway, notifier = open_service()
    held = service.hold(2, "ann")
    with pytest.raises(ValueError):
        service.confirm(held, "tok", price)
    gateway.charge.assert_not_called()
    notifier.send.assert_not_called()
    assert service.available() == 8


def test_confirm_twice_is_unknown_and_charges_once():
    service, _, gateway, _ = open_service()
    held = service.hold(2, "ann")
    service.confirm(held, "tok", 100)
    with pytest.raises(UnknownHold):
        service.confirm(held, "tok", 100)
    gateway.charge.assert_called_once()


def test_unknown_ids():
    service, _, gateway, _ = open_service()
    with pytest.raises(UnknownHold):
        service.confirm("nope", "tok", 100)
    with pytest.raises(UnknownHold):
        service.cancel("nope")
    gateway.charge.assert_not_called()


def test_declined_payment_keeps_the_hold_and_its_time():
    service, clock, gateway, notifier = open_service()
    held = service.hold(2, "ann")
    clock.now.return_value = START + 300
    gateway.charge.return_value = False
    with pytest.raises(PaymentDeclined):
        service.confirm(held, "tok", 100)
    notifier.send.assert_not_called()
    assert service.available() == 8
    clock.now.return_value = START + 600
    with pytest.raises(HoldExpired):
        service.confirm(held, "tok", 100)


def test_declined_payment_can_be_repeated():
    service, _, gateway, _ = open_service()
    gateway.charge.side_effect = [False, True]
    held = service.hold(2, "ann")
    with pytest.raises(PaymentDeclined):
        service.confirm(held, "tok", 100)
    assert service.confirm(held, "other", 100) == 200
    assert gateway.charge.call_args_list == [call("tok", 200), call("other", 200)]


def test_error_of_the_gateway_is_passed_on_and_keeps_the_hold():
    service, _, gateway, notifier = open_service()
    gateway.charge.side_effect = TimeoutError("slow")
    held = service.hold(2, "ann")
    with pytest.raises(TimeoutError):
        service.confirm(held, "tok", 100)
    notifier.send.assert_not_called()
    assert service.available() == 8
    gateway.charge.side_effect = None
    assert service.confirm(held, "tok", 100) == 200


def test_error_of_the_notifier_is_swallowed():
    service, _, _, notifier = open_service()
    notifier.send.side_effect = TimeoutError("slow")
    held = service.hold(2, "ann")
    assert service.confirm(held, "tok", 100) == 200
    assert service.available() == 8
    service.cancel(held)
    assert service.available() == 10


def test_seats_are_taken_during_the_payment():
    service, _, gateway, _ = open_service()
    seen = []
    gateway.charge.side_effect = lambda token, amount: seen.append(service.available()) or True
    service.confirm(service.hold(2, "ann"), "tok", 100)
    assert seen == [8]


def test_expiry_to_the_second():
    service, clock, gateway, notifier = open_service()
    one, two = service.hold(1, "ann"), service.hold(2, "bob")
    clock.now.return_value = START + 599
    assert service.available() == 7
    assert service.confirm(one, "tok", 100) == 100
    clock.now.return_value = START + 600
    assert service.available() == 9
    for _ in range(2):
        with pytest.raises(HoldExpired):
            service.confirm(two, "tok", 100)
        with pytest.raises(HoldExpired):
            service.cancel(two)
    clock.now.return_value = START + 6000
    assert service.available() == 9
    with pytest.raises(HoldExpired):
        service.confirm(two, "tok", 100)
    gateway.charge.assert_called_once()
    notifier.send.assert_called_once()


def test_slow_payment_is_fine():
    service, clock, gateway, _ = open_service()

    def slow(token, amount):
        clock.now.return_value = START + 700
        return True

    gateway.charge.side_effect = slow
    held = service.hold(1, "ann")
    clock.now.return_value = START + 599
    assert service.confirm(held, "tok", 100) == 100
    assert service.available() == 9


def test_confirmed_seats_do_not_expire():
    service, clock, *_ = open_service()
    service.confirm(service.hold(1, "ann"), "tok", 100)
    clock.now.return_value = START + 10**6
    assert service.available() == 9


def test_cancel_of_a_hold():
    service, _, gateway, notifier = open_service()
    held = service.hold(2, "ann")
    service.hold(3, "ann")
    assert service.cancel(held) is None
    assert service.available() == 7
    notifier.send.assert_not_called()
    with pytest.raises(UnknownHold):
        service.cancel(held)
    with pytest.raises(UnknownHold):
        service.confirm(held, "tok", 100)
    gateway.charge.assert_not_called()


def test_cancel_of_a_confirmed_reservation():
    service, _, gateway, notifier = open_service()
    held = service.hold(2, "ann")
    service.confirm(held, "tok", 100)
    service.hold(1, "bob")
    service.cancel(held)
    assert service.available() == 9
    assert notifier.send.call_args_list == [call("ann", 200), call("ann", -200)]
    gateway.charge.assert_called_once()
    with pytest.raises(UnknownHold):
        service.cancel(held)
