"""Rules as properties; the examples pin the borders that chance may miss."""

import pytest
from booking import HoldExpired, PaymentDeclined, ReservationService, SeatTaken, UnknownHold
from hypothesis import example, given
from hypothesis import strategies as st

SEATS = st.integers(1, 8)
PRICES = st.integers(1, 10**9)
NAMES = st.text(min_size=1, max_size=8)
NO_NUMBERS = st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False), st.text(max_size=3))


class World:
    def __init__(self, capacity=20, now=0):
        self.time = now
        self.charges, self.notices = [], []
        self.pay = lambda: True
        self.mail = lambda: None
        self.service = ReservationService(capacity, self, self, self)

    def now(self):
        return self.time

    def charge(self, token, amount):
        self.charges.append((token, amount))
        return self.pay()

    def send(self, customer, amount):
        self.notices.append((customer, amount))
        self.mail()


def total_of(seats, price):
    full = seats * price
    return full - full // 10 if seats >= 5 else full


@given(st.integers(1, 100), st.lists(SEATS, max_size=12))
@example(1, [1])
@example(8, [8])
@example(7, [8])
@example(9, [2, 2, 6, 5])
def test_holds_never_exceed_the_capacity(capacity, wishes):
    world = World(capacity)
    free = capacity
    ids = []
    for number, seats in enumerate(wishes):
        if seats <= free:
            ids.append(world.service.hold(seats, f"c{number % 2}"))
            free -= seats
        else:
            with pytest.raises(SeatTaken):
                world.service.hold(seats, "late")
        assert world.service.available() == free
    assert len(set(ids)) == len(ids)
    assert (world.charges, world.notices) == ([], [])


@given(st.one_of(NO_NUMBERS, st.integers(max_value=0), st.integers(9, 20)))
@example(0)
@example(-1)
@example(9)
@example(True)
@example(2.0)
def test_bad_numbers_of_seats(seats):
    world = World()
    with pytest.raises(ValueError):
        world.service.hold(seats, "ann")
    assert world.service.available() == 20


@given(st.one_of(NO_NUMBERS, st.integers(max_value=-1)))
@example(-1)
@example(1.0)
@example(True)
def test_bad_prices(price):
    world = World()
    hold = world.service.hold(2, "ann")
    with pytest.raises(ValueError):
        world.service.confirm(hold, "tok", price)
    assert (world.charges, world.notices) == ([], [])
    assert world.service.confirm(hold, "tok", 1) == 2


@pytest.mark.parametrize("capacity", [0, -1, True, 1.0, "1", None])
def test_bad_capacities(capacity):
    with pytest.raises(ValueError):
        World(capacity)


def test_bad_customer():
    with pytest.raises(ValueError):
        World().service.hold(1, "")


@given(SEATS, st.integers(0, 10**9), NAMES, NAMES)
@example(1, 0, "a", "t")
@example(1, 1, "a", "t")
@example(4, 1000, "a", "t")
@example(5, 1000, "a", "T")
@example(6, 3, "a", "t")
@example(7, 3, "a", "t")
@example(8, 1, "a", "t")
def test_a_confirmation_charges_and_tells_the_total(seats, price, customer, token):
    world = World()
    hold = world.service.hold(seats, customer)
    world.service.hold(1, "somebody else")
    total = total_of(seats, price)
    assert world.service.confirm(hold, token, price) == total
    assert world.charges == ([(token, total)] if total else [])
    assert world.notices == [(customer, total)]
    assert world.service.available() == 19 - seats
    with pytest.raises(UnknownHold):
        world.service.confirm(hold, token, price)
    assert len(world.charges) == (total > 0)


@given(st.integers(-(10**9), 10**9), st.integers(0, 5000), SEATS)
@example(0, 599, 1)
@example(0, 600, 1)
@example(0, 601, 1)
def test_a_hold_lives_for_600_seconds(start, passed, seats):
    world = World(now=start)
    hold = world.service.hold(seats, "ann")
    world.time += passed
    if passed < 600:
        assert world.service.available() == 20 - seats
        assert world.service.confirm(hold, "tok", 10) == total_of(seats, 10)
        world.time += 5000
        assert world.service.available() == 20 - seats
    else:
        assert world.service.available() == 20
        world.service.hold(1, "bob")
        for _ in range(2):
            with pytest.raises(HoldExpired):
                world.service.confirm(hold, "tok", 10)
            with pytest.raises(HoldExpired):
                world.service.cancel(hold)
        assert (world.charges, world.notices) == ([], [])


@given(SEATS, PRICES, st.sampled_from([None, ConnectionError("down"), ValueError("odd")]))
@example(2, 100, None)
@example(2, 100, ConnectionError("down"))
def test_a_failed_payment_changes_nothing(seats, price, error):
    world = World()
    hold = world.service.hold(seats, "ann")

    def fail():
        if error is not None:
            raise error
        return False

    world.pay = fail
    world.time = 300
    with pytest.raises(PaymentDeclined if error is None else type(error)):
        world.service.confirm(hold, "tok", price)
    assert world.notices == []
    assert world.service.available() == 20 - seats
    world.pay = lambda: True
    assert world.service.confirm(hold, "tok", price) == total_of(seats, price)


def test_a_failed_payment_gives_no_more_time():
    world = World()
    hold = world.service.hold(2, "ann")
    world.pay = lambda: False
    world.time = 300
    with pytest.raises(PaymentDeclined):
        world.service.confirm(hold, "tok", 10)
    world.time = 600
    with pytest.raises(HoldExpired):
        world.service.confirm(hold, "tok", 10)


def test_seats_are_taken_during_a_payment_however_slow():
    world = World()
    seen = []

    def pay():
        seen.append(world.service.available())
        world.time += 700
        return True

    world.pay = pay
    hold = world.service.hold(3, "ann")
    assert world.service.confirm(hold, "tok", 10) == 30
    assert seen == [17]
    assert world.service.available() == 17


def test_a_lost_notice_changes_nothing():
    world = World()

    def lost():
        raise OSError("mail")

    world.mail = lost
    hold = world.service.hold(3, "ann")
    assert world.service.confirm(hold, "tok", 10) == 30
    assert world.service.available() == 17
    world.service.cancel(hold)
    assert world.service.available() == 20


def test_unknown_ids():
    world = World()
    with pytest.raises(UnknownHold):
        world.service.confirm("?", "tok", 10)
    with pytest.raises(UnknownHold):
        world.service.cancel("?")
    assert world.charges == []


def test_services_share_nothing():
    one, two = World(), World()
    one.service.hold(2, "ann")
    assert two.service.available() == 20
