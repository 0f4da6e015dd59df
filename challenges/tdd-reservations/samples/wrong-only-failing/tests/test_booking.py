import pytest


@pytest.mark.parametrize("number", range(20))
def test_it_is_wrong(number):
    from booking import ReservationService

    assert ReservationService is None
