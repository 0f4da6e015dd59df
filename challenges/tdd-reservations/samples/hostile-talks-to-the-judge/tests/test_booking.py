from unittest.mock import MagicMock

from booking import ReservationService


def test_hold():
    ReservationService(10, MagicMock(), MagicMock(), MagicMock()).hold(2, "ann")


def test_confirm():
    service = ReservationService(10, MagicMock(), MagicMock(), MagicMock())
    service.confirm(service.hold(2, "ann"), "tok", 100)
