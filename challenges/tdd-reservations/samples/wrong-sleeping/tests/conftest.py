import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from booking import ReservationService
from fakes import FakeClock, FakeGateway, FakeNotifier


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def notifier() -> FakeNotifier:
    return FakeNotifier()


@pytest.fixture
def make_service(
    clock: FakeClock, gateway: FakeGateway, notifier: FakeNotifier
) -> Callable[[int], ReservationService]:
    return lambda capacity: ReservationService(capacity, clock, gateway, notifier)


@pytest.fixture
def service(make_service: Callable[[int], ReservationService]) -> ReservationService:
    return make_service(10)
