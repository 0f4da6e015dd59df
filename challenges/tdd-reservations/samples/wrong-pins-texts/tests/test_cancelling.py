import pytest
from booking import UnknownHold


def test_cancelling_a_hold_gives_its_seats_back_quietly(service, gateway, notifier):
    hold = service.hold(3, "ann")
    service.hold(2, "ann")
    assert service.cancel(hold) is None
    assert service.available() == 8
    assert gateway.charges == []
    assert notifier.notices == []


def test_a_cancelled_hold_cannot_be_confirmed(service, gateway):
    hold = service.hold(3, "ann")
    service.cancel(hold)
    with pytest.raises(UnknownHold, match="there is no hold"):
        service.confirm(hold, "tok", 100)
    assert gateway.charges == []


def test_a_hold_is_cancelled_only_once(service):
    hold = service.hold(3, "ann")
    service.cancel(hold)
    with pytest.raises(UnknownHold, match="there is no hold"):
        service.cancel(hold)
    assert service.available() == 10


def test_cancelling_a_confirmed_reservation_gives_its_seats_back(service):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    service.cancel(hold)
    assert service.available() == 10


def test_cancelling_a_confirmed_reservation_tells_the_refund(service, gateway, notifier):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    service.hold(1, "bob")
    service.cancel(hold)
    assert notifier.notices == [("ann", 300), ("ann", -300)]
    assert len(gateway.charges) == 1


def test_a_confirmed_reservation_is_cancelled_only_once(service, notifier):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    service.cancel(hold)
    with pytest.raises(UnknownHold, match="there is no hold"):
        service.cancel(hold)
    assert service.available() == 10
    assert len(notifier.notices) == 2


def test_a_notice_of_a_refund_that_fails_changes_nothing(service, notifier):
    hold = service.hold(3, "ann")
    service.confirm(hold, "tok", 100)
    notifier.error = ConnectionError("mail is down")
    service.cancel(hold)
    assert service.available() == 10


def test_an_id_that_never_was_cannot_be_cancelled(service):
    service.hold(1, "ann")
    with pytest.raises(UnknownHold, match="there is no hold"):
        service.cancel("no-such-id")
    assert service.available() == 9
