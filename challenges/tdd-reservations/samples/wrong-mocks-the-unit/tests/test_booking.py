from unittest.mock import create_autospec, patch

import booking
import pytest


@pytest.fixture
def service():
    service = create_autospec(booking.ReservationService, instance=True)
    service.available.return_value = 10
    service.hold.return_value = "h1"
    service.confirm.return_value = 300
    return service


def test_hold(service):
    assert service.hold(3, "ann") == "h1"
    service.hold.assert_called_once_with(3, "ann")


def test_confirm(service):
    assert service.confirm("h1", "tok", 100) == 300
    service.confirm.assert_called_once_with("h1", "tok", 100)


def test_expired(service):
    service.confirm.side_effect = booking.HoldExpired
    with pytest.raises(booking.HoldExpired):
        service.confirm("h1", "tok", 100)


def test_available():
    with patch.object(booking, "ReservationService") as made:
        made.return_value.available.return_value = 7
        assert booking.ReservationService(10, None, None, None).available() == 7
