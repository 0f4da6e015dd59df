import unittest
from unittest import mock

from booking import HoldExpired, PaymentDeclined, ReservationService, SeatTaken, UnknownHold


class ServiceCase(unittest.TestCase):
    capacity = 10

    def setUp(self):
        self.clock = mock.Mock(**{"now.return_value": 0})
        self.gateway = mock.Mock(**{"charge.return_value": True})
        self.notifier = mock.Mock(**{"send.return_value": None})
        self.service = self.make(self.capacity)

    def make(self, capacity):
        return ReservationService(
            capacity=capacity, clock=self.clock, gateway=self.gateway, notifier=self.notifier
        )

    def set_time(self, seconds):
        self.clock.now.return_value = seconds

    def assert_free(self, seats):
        self.assertEqual(self.service.available(), seats)

    def assert_quiet(self):
        self.assertFalse(self.gateway.charge.called)
        self.assertFalse(self.notifier.send.called)


class Holds(ServiceCase):
    def test_seats_are_counted(self):
        self.assert_free(10)
        self.service.hold(seats=3, customer="ann")
        self.service.hold(seats=4, customer="ann")
        self.assert_free(3)
        self.assert_quiet()

    def test_limits_of_one_hold(self):
        for seats in (0, -1, 9, True, 2.0, "2", None):
            with self.subTest(seats=seats), self.assertRaises(ValueError):
                self.service.hold(seats, "ann")
        self.assert_free(10)
        self.service.hold(8, "ann")
        self.assert_free(2)

    def test_no_customer(self):
        for customer in ("", None):
            with self.subTest(customer=customer), self.assertRaises(ValueError):
                self.service.hold(1, customer)

    def test_capacity(self):
        for capacity in (0, -1, None, 1.0, True):
            with self.subTest(capacity=capacity), self.assertRaises(ValueError):
                self.make(capacity)
        self.assertEqual(self.make(1).available(), 1)

    def test_two_services(self):
        other = self.make(10)
        self.service.hold(2, "ann")
        self.assertEqual(other.available(), 10)

    def test_ids(self):
        first, second = self.service.hold(1, "a"), self.service.hold(1, "b")
        self.service.cancel(first)
        third = self.service.hold(1, "c")
        self.assertEqual(len({first, second, third}), 3)
        self.assert_free(8)


class SmallService(ServiceCase):
    capacity = 4

    def test_all_seats(self):
        self.service.hold(4, "ann")
        self.assert_free(0)

    def test_one_more(self):
        with self.assertRaises(SeatTaken):
            self.service.hold(5, "ann")
        self.assert_free(4)

    def test_one_more_later(self):
        self.service.hold(2, "ann")
        with self.assertRaises(SeatTaken):
            self.service.hold(3, "bob")
        self.assert_free(2)


class Confirmations(ServiceCase):
    def test_charge_and_notice(self):
        hold = self.service.hold(2, "ann")
        self.service.hold(1, "bob")
        self.assertEqual(self.service.confirm(id=hold, token="Tok", price=450), 900)
        self.gateway.charge.assert_called_once_with("Tok", 900)
        self.notifier.send.assert_called_once_with("ann", 900)
        self.assert_free(7)

    def test_discount(self):
        table = {(1, 1): 1, (4, 10): 40, (5, 10): 45, (6, 11): 60, (5, 7): 32, (8, 1): 8, (7, 33): 208}
        for (seats, price), total in table.items():
            with self.subTest(seats=seats, price=price):
                service = self.make(10)
                self.assertEqual(service.confirm(service.hold(seats, "ann"), "tok", price), total)
                self.gateway.charge.assert_called_with("tok", total)

    def test_free_of_charge(self):
        self.assertEqual(self.service.confirm(self.service.hold(2, "ann"), "tok", 0), 0)
        self.assertFalse(self.gateway.charge.called)
        self.notifier.send.assert_called_once_with("ann", 0)

    def test_bad_price(self):
        hold = self.service.hold(2, "ann")
        for price in (-1, -9, 1.5, None, True):
            with self.subTest(price=price), self.assertRaises(ValueError):
                self.service.confirm(hold, "tok", price)
        self.assert_quiet()

    def test_twice(self):
        hold = self.service.hold(2, "ann")
        self.service.confirm(hold, "tok", 100)
        with self.assertRaises(UnknownHold):
            self.service.confirm(hold, "tok", 100)
        self.assertEqual(self.gateway.charge.call_count, 1)

    def test_unknown(self):
        with self.assertRaises(UnknownHold):
            self.service.confirm("?", "tok", 100)
        self.assert_quiet()

    def test_seats_during_payment(self):
        seen = []

        def charge(token, amount):
            seen.append(self.service.available())
            return True

        self.gateway.charge.side_effect = charge
        self.service.confirm(self.service.hold(2, "ann"), "tok", 100)
        self.assertEqual(seen, [8])


class Failures(ServiceCase):
    def setUp(self):
        super().setUp()
        self.hold = self.service.hold(2, "ann")

    def test_declined(self):
        self.gateway.charge.return_value = False
        with self.assertRaises(PaymentDeclined):
            self.service.confirm(self.hold, "tok", 100)
        self.assertFalse(self.notifier.send.called)
        self.assert_free(8)
        self.gateway.charge.return_value = True
        self.assertEqual(self.service.confirm(self.hold, "tok", 100), 200)

    def test_gateway_down(self):
        self.gateway.charge.side_effect = RuntimeError("down")
        with self.assertRaises(RuntimeError):
            self.service.confirm(self.hold, "tok", 100)
        self.assertFalse(self.notifier.send.called)
        self.assert_free(8)
        self.gateway.charge.side_effect = None
        self.assertEqual(self.service.confirm(self.hold, "tok", 100), 200)

    def test_notifier_down(self):
        self.notifier.send.side_effect = RuntimeError("down")
        self.assertEqual(self.service.confirm(self.hold, "tok", 100), 200)
        self.assert_free(8)
        self.service.cancel(self.hold)
        self.assert_free(10)


class Expiry(ServiceCase):
    def setUp(self):
        super().setUp()
        self.hold = self.service.hold(2, "ann")

    def test_in_time(self):
        self.set_time(599)
        self.assert_free(8)
        self.assertEqual(self.service.confirm(self.hold, "tok", 100), 200)
        self.set_time(100_000)
        self.assert_free(8)

    def test_too_late(self):
        self.set_time(600)
        self.assert_free(10)
        self.service.hold(8, "bob")
        for action in (
            lambda: self.service.confirm(self.hold, "tok", 100),
            lambda: self.service.cancel(self.hold),
        ):
            with self.assertRaises(HoldExpired):
                action()
        self.assert_quiet()

    def test_much_too_late(self):
        self.set_time(7_000)
        self.assert_free(10)
        with self.assertRaises(HoldExpired):
            self.service.confirm(self.hold, "tok", 100)

    def test_declined_in_between(self):
        self.set_time(500)
        self.gateway.charge.return_value = False
        with self.assertRaises(PaymentDeclined):
            self.service.confirm(self.hold, "tok", 100)
        self.set_time(600)
        with self.assertRaises(HoldExpired):
            self.service.confirm(self.hold, "tok", 100)

    def test_slow_payment(self):
        def charge(token, amount):
            self.set_time(601)
            return True

        self.gateway.charge.side_effect = charge
        self.set_time(599)
        self.assertEqual(self.service.confirm(self.hold, "tok", 100), 200)


class Cancellations(ServiceCase):
    def test_of_a_hold(self):
        hold = self.service.hold(2, "ann")
        self.service.hold(3, "ann")
        self.assertIsNone(self.service.cancel(hold))
        self.assert_free(7)
        with self.assertRaises(UnknownHold):
            self.service.cancel(hold)
        with self.assertRaises(UnknownHold):
            self.service.confirm(hold, "tok", 100)
        self.assert_quiet()

    def test_of_a_confirmed_reservation(self):
        hold = self.service.hold(2, "ann")
        self.service.confirm(hold, "tok", 100)
        self.service.cancel(hold)
        self.assert_free(10)
        self.assertEqual(self.notifier.send.call_args_list, [mock.call("ann", 200), mock.call("ann", -200)])

    def test_of_nothing(self):
        with self.assertRaises(UnknownHold):
            self.service.cancel("?")


if __name__ == "__main__":
    unittest.main()
