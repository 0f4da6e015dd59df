"""The three ports, as small objects that a test can steer and ask."""

from collections.abc import Callable


class FakeClock:
    def __init__(self, now: int = 1_000) -> None:
        self.time = now

    def now(self) -> int:
        return self.time

    def advance(self, seconds: int) -> None:
        self.time += seconds


class FakeGateway:
    """Accepts, unless told otherwise. `during` is called while a payment runs."""

    def __init__(self) -> None:
        self.charges: list[tuple[str, int]] = []
        self.accepts = True
        self.error: BaseException | None = None
        self.during: Callable[[], object] = lambda: None

    def charge(self, token: str, amount: int) -> bool:
        self.charges.append((token, amount))
        self.during()
        if self.error is not None:
            raise self.error
        return self.accepts


class FakeNotifier:
    def __init__(self) -> None:
        self.notices: list[tuple[str, int]] = []
        self.error: BaseException | None = None

    def send(self, customer: str, amount: int) -> None:
        self.notices.append((customer, amount))
        if self.error is not None:
            raise self.error
