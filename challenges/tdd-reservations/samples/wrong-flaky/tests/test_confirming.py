import pytest
from booking import PaymentDeclined, UnknownHold


def test_confirming_charges_the_total_once_and_returns_it(service, gateway):
    hold = service.hold(3, "ann")
    assert service.confirm(hold, "tok-Visa", 1250) == 3750
    assert gateway.charges == [("tok-Visa", 3750)]


def test_confirming_tells_the_customer_the_total_once(service, notifier):
    hold = service.hold(3, "ann")
    service.hold(1, "bob")
    service.confirm(hold, "tok", 1250)
    assert notifier.notices == [("ann", 3750)]


def test_confirmed_seats_stay_taken(service):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    assert service.available() == 7


def test_the_other_holds_are_not_touched(service):
    hold = service.hold(3, "ann")
    other = service.hold(2, "ann")
    service.confirm(hold, "tok", 100)
    assert service.available() == 5
    assert service.confirm(other, "tok", 100) == 200


def test_a_reservation_is_confirmed_only_once(service, gateway):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    with pytest.raises(UnknownHold):
        service.confirm(hold, "tok", 100)
    assert len(gateway.charges) == 1


@pytest.mark.parametrize("unknown", ["no-such-id", "", 0, -1, None])
def test_an_id_that_never_was_is_unknown(service, gateway, unknown):
    service.hold(1, "ann")
    with pytest.raises(UnknownHold):
        service.confirm(unknown, "tok", 100)
    assert gateway.charges == []


@pytest.mark.parametrize("price", [-1, -50, 9.5, True, "100", None])
def test_a_price_that_is_no_whole_number_from_zero_is_refused(service, gateway, notifier, price):
    hold = service.hold(2, "ann")
    with pytest.raises(ValueError):
        service.confirm(hold, "tok", price)
    assert gateway.charges == []
    assert notifier.notices == []
    assert service.confirm(hold, "tok", 100) == 200


def test_nothing_is_charged_for_free_seats_but_the_customer_is_told(service, gateway, notifier):
    hold = service.hold(2, "ann")
    assert service.confirm(hold, "tok", 0) == 0
    assert gateway.charges == []
    assert notifier.notices == [("ann", 0)]
    assert service.available() == 8


def test_a_declined_payment_leaves_the_hold_as_it_was(service, gateway, notifier):
    hold = service.hold(2, "ann")
    gateway.accepts = False
    with pytest.raises(PaymentDeclined):
        service.confirm(hold, "tok", 100)
    assert notifier.notices == []
    assert service.available() == 8
    gateway.accepts = True
    assert service.confirm(hold, "tok-2", 100) == 200


@pytest.mark.parametrize("error", [ConnectionError("down"), PaymentDeclined(), KeyError("x")])
def test_an_error_of_the_gateway_comes_through_and_leaves_the_hold_as_it_was(
    service, gateway, notifier, error
):
    hold = service.hold(2, "ann")
    gateway.error = error
    with pytest.raises(type(error)) as caught:
        service.confirm(hold, "tok", 100)
    assert caught.value is error
    assert notifier.notices == []
    assert service.available() == 8
    gateway.error = None
    assert service.confirm(hold, "tok", 100) == 200


def test_a_notice_that_fails_changes_nothing(service, gateway, notifier):
    hold = service.hold(2, "ann")
    notifier.error = ConnectionError("mail is down")
    assert service.confirm(hold, "tok", 100) == 200
    assert service.available() == 8
    assert len(gateway.charges) == 1


def test_the_seats_are_taken_while_the_payment_runs(service, gateway):
    seen = []
    gateway.during = lambda: seen.append(service.available())
    service.confirm(service.hold(4, "ann"), "tok", 100)
    assert seen == [6]
