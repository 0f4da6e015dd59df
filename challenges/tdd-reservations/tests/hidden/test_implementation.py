"""The submission's own service, called from here; clock, gateway and notifier are the judge's."""

from collections.abc import Iterator
from typing import Any

import pytest
from takehome_pytest import CandidateException, Stub

pytestmark = pytest.mark.group("implementation")

DEFAULT_CAPACITY = 12


class World:
    """A service of the submission, and what its three ports saw."""

    def __init__(self, worker: Any) -> None:
        self._worker = worker
        self.now = 50_000
        self.charges: list[tuple[Any, Any]] = []
        self.notices: list[tuple[Any, Any]] = []
        self.accepts = True
        self.gateway_error: Exception | None = None
        self.notifier_error: Exception | None = None
        self.payment_takes = 0
        self._service: Any = None

    def open(self, capacity: Any = DEFAULT_CAPACITY) -> Any:
        """A new service over these ports."""
        return self._worker.new(
            "src.booking:ReservationService",
            capacity,
            Stub(now=lambda: self.now),
            Stub(charge=self._charge),
            Stub(send=self._send),
        )

    @property
    def service(self) -> Any:
        if self._service is None:
            self._service = self.open()
        return self._service

    def available(self) -> Any:
        return self.service.call("available")

    def hold(self, seats: Any, customer: Any = "ann") -> Any:
        return self.service.call("hold", seats, customer)

    def confirm(self, hold: Any, price: Any = 100, token: Any = "tok-1") -> Any:
        return self.service.call("confirm", hold, token, price)

    def cancel(self, hold: Any) -> Any:
        return self.service.call("cancel", hold)

    def _charge(self, token: Any, amount: Any) -> bool:
        self.charges.append((token, amount))
        self.now += self.payment_takes
        if self.gateway_error is not None:
            raise self.gateway_error
        return self.accepts

    def _send(self, customer: Any, amount: Any) -> None:
        self.notices.append((customer, amount))
        if self.notifier_error is not None:
            raise self.notifier_error


@pytest.fixture
def world(solution: Any) -> Iterator[World]:
    with solution.worker() as worker:
        yield World(worker)


def refused(kind: str, function: Any, *args: Any) -> None:
    """The call raises the submission's exception of that name, or a subclass of it."""
    try:
        result = function(*args)
    except CandidateException as error:
        names = [name.rpartition(".")[2] for name in error.mro_names]
        assert kind in names, f"raised {error}, expected {kind}"
    except Exception as error:
        pytest.fail(f"raised {type(error).__name__}: {error}, expected {kind}")
    else:
        pytest.fail(f"returned {result!r}, expected {kind}")


def test_seats_that_are_held_are_not_available(world: World) -> None:
    assert world.available() == 12
    first, second = world.hold(3), world.hold(2, "bob")
    assert first != second
    assert world.available() == 7


def test_all_seats_can_be_held_and_not_one_more(world: World) -> None:
    world.hold(8)
    refused("SeatTaken", world.hold, 5)
    world.hold(4)
    assert world.available() == 0
    refused("SeatTaken", world.hold, 1)


def test_a_refused_hold_takes_nothing(world: World) -> None:
    world.hold(8)
    refused("SeatTaken", world.hold, 8)
    assert world.available() == 4


@pytest.mark.parametrize("seats", [0, -2, 9], ids=["none", "negative", "nine"])
def test_a_number_of_seats_out_of_range_is_a_value_error(world: World, seats: int) -> None:
    with pytest.raises(ValueError):
        world.hold(seats)
    world.hold(8)
    assert world.available() == 4


def test_arguments_of_another_type_are_value_errors(world: World) -> None:
    for seats in (True, 2.0, "2", None):
        with pytest.raises(ValueError):
            world.hold(seats)
    for customer in ("", None, 5):
        with pytest.raises(ValueError):
            world.hold(1, customer)
    hold = world.hold(1)
    for price in (True, 9.5, "100", None, -1):
        with pytest.raises(ValueError):
            world.confirm(hold, price)
    assert world.charges == []


def test_a_capacity_must_be_a_whole_number_from_one(world: World) -> None:
    assert world.open(1).call("available") == 1
    for capacity in (0, -5, True, 3.0, "3", None):
        with pytest.raises(ValueError):
            world.open(capacity)


def test_confirming_charges_notifies_and_returns_the_total_once(world: World) -> None:
    hold = world.hold(3, "zoë")
    world.hold(1, "bob")
    assert world.confirm(hold, 1250, "tok-Ä") == 3750
    assert world.charges == [("tok-Ä", 3750)]
    assert world.notices == [("zoë", 3750)]
    assert world.available() == 8


@pytest.mark.parametrize(
    ("seats", "price", "total"),
    [(4, 1000, 4000), (5, 1000, 4500), (6, 3, 17), (7, 10**16 + 9, 63 * 10**15 + 57)],
    ids=["four", "five", "rounded", "large"],
)
def test_groups_of_five_and_more_pay_ten_per_cent_less(
    world: World, seats: int, price: int, total: int
) -> None:
    assert world.confirm(world.hold(seats), price) == total
    assert world.charges == [("tok-1", total)]


def test_free_seats_are_not_charged_and_the_customer_is_told(world: World) -> None:
    assert world.confirm(world.hold(2), 0) == 0
    assert world.charges == []
    assert world.notices == [("ann", 0)]
    assert world.available() == 10


def test_a_reservation_is_confirmed_only_once(world: World) -> None:
    hold = world.hold(2)
    world.confirm(hold)
    refused("UnknownHold", world.confirm, hold)
    assert len(world.charges) == 1


def test_an_id_that_never_was_is_unknown(world: World) -> None:
    world.hold(2)
    refused("UnknownHold", world.confirm, "no-such-id")
    refused("UnknownHold", world.cancel, "no-such-id")
    assert world.charges == []


def test_a_declined_payment_leaves_the_hold_as_it_was(world: World) -> None:
    hold = world.hold(2)
    world.accepts = False
    refused("PaymentDeclined", world.confirm, hold)
    assert world.notices == []
    assert world.available() == 10
    world.accepts = True
    assert world.confirm(hold) == 200


def test_an_error_of_the_gateway_comes_through_and_leaves_the_hold(world: World) -> None:
    hold = world.hold(2)
    world.gateway_error = ConnectionResetError("gateway is down")
    with pytest.raises(ConnectionResetError):
        world.confirm(hold)
    assert world.notices == []
    assert world.available() == 10
    world.gateway_error = None
    assert world.confirm(hold) == 200


def test_an_error_of_the_notifier_changes_nothing(world: World) -> None:
    world.notifier_error = ConnectionResetError("mail is down")
    hold = world.hold(2)
    assert world.confirm(hold) == 200
    assert world.available() == 10
    world.cancel(hold)
    assert world.available() == 12


def test_a_hold_lives_for_599_seconds_and_not_for_600(world: World) -> None:
    first, second = world.hold(2), world.hold(3)
    world.now += 599
    assert world.available() == 7
    assert world.confirm(first) == 200
    world.now += 1
    assert world.available() == 10
    refused("HoldExpired", world.confirm, second)
    refused("HoldExpired", world.cancel, second)
    assert len(world.charges) == 1


def test_an_expired_hold_stays_expired_when_its_seats_are_held_again(world: World) -> None:
    hold = world.hold(8)
    world.now += 90_000
    world.hold(8, "bob")
    assert world.available() == 4
    refused("HoldExpired", world.confirm, hold)


def test_a_payment_may_outlast_the_hold(world: World) -> None:
    hold = world.hold(2)
    world.now += 599
    world.payment_takes = 60
    assert world.confirm(hold) == 200
    world.now += 90_000
    assert world.available() == 10


def test_a_cancelled_hold_is_gone_quietly(world: World) -> None:
    hold, other = world.hold(2), world.hold(3)
    world.cancel(hold)
    assert world.available() == 9
    assert world.notices == []
    refused("UnknownHold", world.cancel, hold)
    refused("UnknownHold", world.confirm, hold)
    assert world.confirm(other) == 300


def test_cancelling_a_confirmed_reservation_frees_seats_and_tells_the_refund(world: World) -> None:
    hold = world.hold(5)
    world.confirm(hold, 1000)
    world.now += 90_000
    world.cancel(hold)
    assert world.available() == 12
    assert world.notices == [("ann", 4500), ("ann", -4500)]
    refused("UnknownHold", world.cancel, hold)


def test_two_services_share_nothing(world: World) -> None:
    other = world.open(5)
    world.hold(3)
    assert other.call("available") == 5
    other.call("hold", 4, "bob")
    assert world.available() == 9


def test_ids_are_never_given_out_twice(world: World) -> None:
    ids = []
    for _ in range(6):
        hold = world.hold(1)
        kept = world.hold(1)
        ids += [hold, kept]
        world.cancel(hold)
    assert len(set(map(repr, ids))) == 12
    assert world.available() == 6
