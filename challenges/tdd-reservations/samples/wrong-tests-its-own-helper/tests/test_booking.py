import pytest


def total(seats, price):
    full = seats * price
    return full - full // 10 if seats >= 5 else full


def is_expired(since, now):
    return now - since >= 600


def fits(capacity, held, seats):
    return 1 <= seats <= 8 and seats <= capacity - sum(held)


@pytest.mark.parametrize("seats, price, expected", [(1, 10, 10), (4, 10, 40), (5, 10, 45), (6, 3, 17)])
def test_total(seats, price, expected):
    assert total(seats, price) == expected


@pytest.mark.parametrize("passed, expected", [(0, False), (599, False), (600, True)])
def test_expiry(passed, expected):
    assert is_expired(1000, 1000 + passed) is expected


@pytest.mark.parametrize("seats, expected", [(0, False), (1, True), (7, True), (8, False), (9, False)])
def test_fits(seats, expected):
    assert fits(10, [3], seats) is expected
