"""Some of the rules, called on your service in a process of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from takehome_pytest import Stub


class Ports:
    def __init__(self) -> None:
        self.time = 100
        self.charges: list[tuple[Any, Any]] = []
        self.notices: list[tuple[Any, Any]] = []

    def charge(self, token: Any, amount: Any) -> bool:
        self.charges.append((token, amount))
        return True

    def send(self, customer: Any, amount: Any) -> None:
        self.notices.append((customer, amount))


@pytest.fixture
def ports() -> Ports:
    return Ports()


@pytest.fixture
def service(solution: Any, ports: Ports) -> Iterator[Any]:
    with solution.worker() as worker:
        stubs = Stub(now=lambda: ports.time), Stub(charge=ports.charge), Stub(send=ports.send)
        yield worker.new("src.booking:ReservationService", 10, *stubs)


def test_a_hold_takes_seats(service: Any) -> None:
    service.call("hold", 3, "ann")
    assert service.call("available") == 7


def test_zero_seats_cannot_be_held(service: Any) -> None:
    with pytest.raises(ValueError):
        service.call("hold", 0, "ann")


def test_nine_seats_cannot_be_held(service: Any) -> None:
    with pytest.raises(ValueError):
        service.call("hold", 9, "ann")


def test_a_group_of_five_pays_ten_per_cent_less(service: Any) -> None:
    assert service.call("confirm", service.call("hold", 5, "ann"), "tok", 1000) == 4500


def test_confirming_pays_and_tells(service: Any, ports: Ports) -> None:
    hold = service.call("hold", 2, "ann")
    assert service.call("confirm", hold, "tok", 150) == 300
    assert ports.charges == [("tok", 300)]
    assert ports.notices == [("ann", 300)]


def test_seats_come_back_after_600_seconds(service: Any, ports: Ports) -> None:
    service.call("hold", 3, "ann")
    ports.time += 600
    assert service.call("available") == 10


def test_a_cancelled_hold_gives_its_seats_back(service: Any, ports: Ports) -> None:
    service.call("cancel", service.call("hold", 3, "ann"))
    assert service.call("available") == 10
    assert ports.notices == []
