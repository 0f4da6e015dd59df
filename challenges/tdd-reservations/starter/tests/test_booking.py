from unittest.mock import Mock

from booking import ReservationService


def test_all_seats_of_a_new_service_are_available():
    clock = Mock()
    clock.now.return_value = 0
    service = ReservationService(10, clock, gateway=Mock(), notifier=Mock())
    assert service.available() == 10
