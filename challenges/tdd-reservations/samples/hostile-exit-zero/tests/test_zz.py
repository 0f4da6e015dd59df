from booking import ReservationService


def test_wrong():
    assert ReservationService is None


def test_last():
    pass
