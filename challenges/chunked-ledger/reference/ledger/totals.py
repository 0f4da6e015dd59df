"""Aggregates that can be fed one entry at a time: whole cents, so that no order changes a digit."""

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from ledger.rules import Entry

CENT = Decimal("0.01")
DIGITS = 60
"""Enough for the variance of amounts of 12 digits to be exact."""


class Group:
    """The figures of one merchant, currency and month."""

    __slots__ = ("count", "days", "fees", "first", "highest", "last", "squares", "total")

    def __init__(self, entry: Entry) -> None:
        self.count = self.total = self.squares = self.fees = self.days = 0
        self.highest = entry.cents
        self.first = self.last = entry.ts

    def add(self, entry: Entry) -> None:
        cents, ts = entry.cents, entry.ts
        self.count += 1
        self.total += cents
        self.squares += cents * cents
        self.fees += entry.fee_cents
        self.days |= 1 << int(ts[8:10])
        if cents > self.highest:
            self.highest = cents
        # All timestamps have one format, so their order is that of the text.
        if ts < self.first:
            self.first = ts
        elif ts > self.last:
            self.last = ts

    def columns(self) -> list[str]:
        """From `n` on, as in the output."""
        return [
            str(self.count),
            money(self.total),
            money(self.fees),
            rounded(Decimal(self.total) / (100 * self.count)),
            rounded(self._deviation()),
            money(self.highest),
            self.first,
            self.last,
            str(self.days.bit_count()),
        ]

    def _deviation(self) -> Decimal:
        return Decimal(self.count * self.squares - self.total**2).sqrt() / (100 * self.count)


class Totals:
    """All groups."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str, str], Group] = {}

    def add(self, entry: Entry) -> None:
        key = entry.merchant, entry.currency, entry.ts[:7]
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(entry)
        group.add(entry)

    def rows(self) -> Iterator[list[str]]:
        """The rows of the output, sorted by their key."""
        with localcontext(prec=DIGITS):
            for key in sorted(self._groups):
                yield [*key, *self._groups[key].columns()]


def money(cents: int) -> str:
    return rounded(Decimal(cents) / 100)


def rounded(value: Decimal) -> str:
    """Two decimals, ties to even, and no negative zero."""
    result = value.quantize(CENT, rounding=ROUND_HALF_EVEN)
    return str(abs(result) if result.is_zero() else result)
