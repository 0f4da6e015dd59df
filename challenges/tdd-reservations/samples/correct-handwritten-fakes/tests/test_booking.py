"""One object plays clock, gateway and notifier, and keeps a diary."""

import contextlib

import pytest
from booking import HoldExpired, PaymentDeclined, ReservationService, SeatTaken, UnknownHold


class GatewayDown(Exception):
    pass


class Outside:
    def __init__(self, capacity=10):
        self.time = -50
        self.diary = []
        self.answer = True
        self.mail_fails = False
        self.while_paying = None
        self.service = ReservationService(capacity, self, self, self)

    def now(self):
        return self.time

    def charge(self, token, amount):
        self.diary.append(("charge", token, amount))
        if self.while_paying:
            self.while_paying()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def send(self, customer, amount):
        self.diary.append(("send", customer, amount))
        if self.mail_fails:
            raise OSError("mail")


@contextlib.contextmanager
def nothing_changes(outside):
    free, diary = outside.service.available(), list(outside.diary)
    yield
    assert outside.service.available() == free
    assert outside.diary == diary


class TestHolding:
    def test_counts_seats(self):
        o = Outside()
        assert o.service.available() == 10
        o.service.hold(4, "a")
        o.service.hold(5, "a")
        assert o.service.available() == 1

    def test_fills_up_exactly(self):
        o = Outside(9)
        o.service.hold(7, "a")
        for seats in (3, 8):
            with nothing_changes(o), pytest.raises(SeatTaken):
                o.service.hold(seats, "b")
        o.service.hold(2, "b")
        assert o.service.available() == 0

    def test_takes_one_to_eight_seats(self):
        o = Outside(100)
        for bad in (0, -1, -8, 9, 10, 3.0, True, "4", None):
            with nothing_changes(o), pytest.raises(ValueError):
                o.service.hold(bad, "a")
        for good in range(1, 9):
            o.service.hold(good, "a")
        assert o.service.available() == 64

    def test_needs_a_customer(self):
        o = Outside()
        for bad in ("", None, 3):
            with nothing_changes(o), pytest.raises(ValueError):
                o.service.hold(1, bad)

    def test_needs_a_capacity(self):
        for bad in (0, -3, None, 2.5, False, True):
            with pytest.raises(ValueError):
                Outside(bad)
        assert Outside(1).service.available() == 1

    def test_gives_new_ids(self):
        o = Outside(50)
        ids = set()
        for _ in range(5):
            a, b = o.service.hold(1, "a"), o.service.hold(2, "b")
            o.service.cancel(a)
            ids |= {a, b}
        assert len(ids) == 10
        assert o.service.available() == 40

    def test_is_per_service(self):
        a, b = Outside(), Outside()
        a.service.hold(2, "a")
        assert b.service.available() == 10


class TestPaying:
    def test_diary_of_a_good_day(self):
        o = Outside()
        a = o.service.hold(2, "Ann")
        b = o.service.hold(3, "Bob")
        assert o.service.confirm(a, "T-1", 150) == 300
        assert o.diary == [("charge", "T-1", 300), ("send", "Ann", 300)]
        assert o.service.available() == 5
        assert o.service.confirm(b, "T-2", 100) == 300
        assert o.service.available() == 5

    def test_totals(self):
        for seats in range(1, 9):
            for price in (1, 3, 9, 10, 99, 101, 9_007_199_254_740_993):
                o = Outside()
                full = seats * price
                total = full if seats < 5 else full - full // 10
                assert o.service.confirm(o.service.hold(seats, "a"), "t", price) == total
                assert o.diary == [("charge", "t", total), ("send", "a", total)]

    def test_gratis(self):
        o = Outside()
        assert o.service.confirm(o.service.hold(6, "a"), "t", 0) == 0
        assert o.diary == [("send", "a", 0)]
        assert o.service.available() == 4

    def test_bad_prices(self):
        o = Outside()
        a = o.service.hold(1, "a")
        for bad in (-1, -2, 0.5, 10.0, True, "1", None):
            with nothing_changes(o), pytest.raises(ValueError):
                o.service.confirm(a, "t", bad)

    def test_only_once(self):
        o = Outside()
        a = o.service.hold(1, "a")
        o.service.confirm(a, "t", 5)
        with nothing_changes(o), pytest.raises(UnknownHold):
            o.service.confirm(a, "t", 5)

    def test_unknown(self):
        o = Outside()
        for act in (lambda: o.service.confirm("x", "t", 5), lambda: o.service.cancel("x")):
            with nothing_changes(o), pytest.raises(UnknownHold):
                act()

    @pytest.mark.parametrize("answer, error", [(False, PaymentDeclined), (GatewayDown(), GatewayDown)])
    def test_failures_leave_the_hold(self, answer, error):
        o = Outside()
        a = o.service.hold(4, "a")
        o.time += 300
        o.answer = answer
        with pytest.raises(error):
            o.service.confirm(a, "t", 5)
        assert o.diary == [("charge", "t", 20)]
        assert o.service.available() == 6
        o.answer = True
        o.time += 299
        assert o.service.confirm(a, "t", 5) == 20
        assert o.service.available() == 6

    def test_failures_give_no_more_time(self):
        o = Outside()
        a = o.service.hold(4, "a")
        o.time += 300
        o.answer = False
        with pytest.raises(PaymentDeclined):
            o.service.confirm(a, "t", 5)
        o.time += 300
        assert o.service.available() == 10
        with nothing_changes(o), pytest.raises(HoldExpired):
            o.service.confirm(a, "t", 5)

    def test_lost_mail(self):
        o = Outside()
        o.mail_fails = True
        a = o.service.hold(4, "a")
        assert o.service.confirm(a, "t", 5) == 20
        assert o.service.available() == 6
        o.service.cancel(a)
        assert o.service.available() == 10

    def test_meanwhile(self):
        o = Outside()
        seen = []
        o.while_paying = lambda: seen.append(o.service.available())
        o.service.confirm(o.service.hold(4, "a"), "t", 5)
        assert seen == [6]


class TestTime:
    def test_last_second(self):
        o = Outside()
        a = o.service.hold(4, "a")
        o.time += 599
        assert o.service.available() == 6
        o.service.confirm(a, "t", 5)
        o.time += 10**9
        assert o.service.available() == 6

    def test_too_late(self):
        o = Outside()
        a = o.service.hold(4, "a")
        o.time += 600
        assert o.service.available() == 10
        o.service.hold(8, "b")
        for _ in range(2):
            with nothing_changes(o), pytest.raises(HoldExpired):
                o.service.confirm(a, "t", 5)
            with nothing_changes(o), pytest.raises(HoldExpired):
                o.service.cancel(a)

    def test_much_too_late(self):
        o = Outside()
        a = o.service.hold(4, "a")
        o.time += 4321
        assert o.service.available() == 10
        with pytest.raises(HoldExpired):
            o.service.confirm(a, "t", 5)

    def test_slow_payment(self):
        o = Outside()
        a = o.service.hold(4, "a")

        def slow():
            o.time += 1000

        o.while_paying = slow
        assert o.service.confirm(a, "t", 5) == 20
        assert o.service.available() == 6


class TestCancelling:
    def test_hold(self):
        o = Outside()
        a, b = o.service.hold(4, "a"), o.service.hold(3, "a")
        assert o.service.cancel(a) is None
        assert o.diary == []
        assert o.service.available() == 7
        for act in (lambda: o.service.confirm(a, "t", 5), lambda: o.service.cancel(a)):
            with nothing_changes(o), pytest.raises(UnknownHold):
                act()
        assert o.service.confirm(b, "t", 5) == 15

    def test_confirmed(self):
        o = Outside()
        a = o.service.hold(4, "a")
        o.service.confirm(a, "t", 5)
        o.service.hold(1, "b")
        o.diary.clear()
        assert o.service.cancel(a) is None
        assert o.diary == [("send", "a", -20)]
        assert o.service.available() == 9
        with nothing_changes(o), pytest.raises(UnknownHold):
            o.service.cancel(a)
