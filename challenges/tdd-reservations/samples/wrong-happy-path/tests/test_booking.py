from unittest.mock import Mock

import pytest
from booking import ReservationService


@pytest.fixture
def gateway():
    return Mock(**{"charge.return_value": True})


@pytest.fixture
def service(gateway):
    return ReservationService(10, Mock(**{"now.return_value": 0}), gateway, Mock())


def test_available(service):
    assert service.available() == 10


def test_hold(service):
    service.hold(2, "ann")
    assert service.available() == 8


def test_confirm(service, gateway):
    hold = service.hold(2, "ann")
    assert service.confirm(hold, "tok", 100) == 200
    gateway.charge.assert_called_once_with("tok", 200)


def test_cancel(service):
    hold = service.hold(2, "ann")
    service.cancel(hold)
    assert service.available() == 10
