import pytest
from booking import ReservationService, UnknownHold
from fakes import FakeClock, FakeGateway, FakeNotifier

SERVICE = ReservationService(10, FakeClock(), FakeGateway(), FakeNotifier())
IDS = []


def test_1_hold():
    IDS.append(SERVICE.hold(3, "ann"))
    assert SERVICE.available() == 7


def test_2_confirm():
    assert SERVICE.confirm(IDS[0], "tok", 100) == 300


def test_3_cancel():
    SERVICE.cancel(IDS[0])
    assert SERVICE.available() == 10


def test_4_cancel_again():
    with pytest.raises(UnknownHold):
        SERVICE.cancel(IDS[0])
