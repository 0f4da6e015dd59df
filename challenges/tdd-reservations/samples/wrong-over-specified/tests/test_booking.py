from unittest.mock import Mock, call

import pytest
from booking import HoldExpired, PaymentDeclined, ReservationService, SeatTaken, UnknownHold


@pytest.fixture
def ports():
    ports = Mock()
    ports.clock.now.return_value = 1000
    ports.gateway.charge.return_value = True
    return ports


@pytest.fixture
def service(ports):
    return ReservationService(10, ports.clock, ports.gateway, ports.notifier)


def test_a_new_service_is_empty(service):
    assert service.available() == 10
    assert service._holds == {}
    assert service._capacity == 10


def test_hold(service, ports):
    assert service.hold(3, "ann") == 1
    assert service.hold(2, "bob") == 2
    assert service._last_id == 2
    assert ports.clock.now.call_count == 4


def test_hold_reduces_available(service):
    service.hold(3, "ann")
    assert service.available() == 7


def test_hold_stores_the_expiry(service):
    service.hold(3, "ann")
    assert service._holds[1].expires == 1600


def test_hold_limits(service):
    with pytest.raises(ValueError, match="seats must be a whole number from 1"):
        service.hold(0, "ann")
    with pytest.raises(ValueError, match="at most 8 seats"):
        service.hold(9, "ann")


def test_hold_too_many(service):
    service.hold(8, "ann")
    with pytest.raises(SeatTaken) as caught:
        service.hold(3, "bob")
    assert str(caught.value) == "fewer than 3 seats are free"


def test_confirm_order_of_calls(service, ports):
    hold = service.hold(5, "ann")
    ports.reset_mock()
    assert service.confirm(hold, "tok", 1001) == 4505
    assert ports.mock_calls == [
        call.clock.now(),
        call.gateway.charge("tok", 4505),
        call.notifier.send("ann", 4505),
    ]


def test_confirm_moves_the_hold(service):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    assert hold not in service._holds
    assert service._sales[hold].total == 300


def test_confirm_total(service):
    assert service.confirm(service.hold(4, "ann"), "tok", 1000) == 4000


def test_confirm_twice(service, ports):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    with pytest.raises(UnknownHold, match=f"there is no hold {hold}"):
        service.confirm(hold, "tok", 100)


def test_confirm_expired(service, ports):
    hold = service.hold(3, "ann")
    ports.clock.now.side_effect = [1600]
    with pytest.raises(HoldExpired):
        service.confirm(hold, "tok", 100)


def test_confirm_at_the_last_second(service, ports):
    hold = service.hold(3, "ann")
    ports.clock.now.side_effect = [1599]
    service.confirm(hold, "tok", 100)


def test_confirm_declined(service, ports):
    hold = service.hold(3, "ann")
    ports.gateway.charge.return_value = False
    with pytest.raises(PaymentDeclined) as caught:
        service.confirm(hold, "tok", 100)
    assert caught.type is PaymentDeclined
    assert caught.value.args == ("the payment was declined",)


def test_gateway_error(service, ports):
    hold = service.hold(3, "ann")
    ports.gateway.charge.side_effect = ConnectionError
    with pytest.raises(ConnectionError):
        service.confirm(hold, "tok", 100)
    assert service.available() == 7


def test_notifier_error(service, ports):
    ports.notifier.send.side_effect = ConnectionError
    hold = service.hold(3, "ann")
    assert service.confirm(hold, "tok", 100) == 300


def test_cancel(service, ports):
    hold = service.hold(3, "ann")
    service.cancel(hold)
    assert service._holds == {}
    assert service.available() == 10
    ports.notifier.send.assert_not_called()


def test_cancel_confirmed(service, ports):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    service.cancel(hold)
    assert ports.mock_calls[-1] == call.notifier.send("ann", -300)
    assert hold not in service._sales
