import pytest


@pytest.mark.parametrize(
    ("seats", "price", "total"),
    [
        (1, 1, 1),
        (1, 999, 999),
        (4, 1000, 4000),
        (5, 1000, 4500),
        (6, 1000, 5400),
        (8, 1000, 7200),
        (5, 1, 5),  # 10 % of 5 is less than a cent
        (6, 3, 17),  # 1.8 cents are one cent
        (7, 3, 19),  # 2.1 cents are two
        (6, 999, 5395),
        (8, 10**15 + 7, 7_200_000_000_000_051),
    ],
)
def test_ten_per_cent_off_from_five_seats_on_rounded_down(service, gateway, notifier, seats, price, total):
    hold = service.hold(seats, "ann")
    assert service.confirm(hold, "tok", price) == total
    assert gateway.charges == [("tok", total)]
    assert notifier.notices == [("ann", total)]
