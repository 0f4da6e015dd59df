"""What makes a row good. Text stays text: no spelling of a value means that it is missing."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

COLUMNS = ("event_id", "ts", "merchant", "country", "currency", "amount", "fee", "status", "note")

NOTE_LENGTH = 200

is_moment = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z").fullmatch
is_country = re.compile(r"[A-Z]{2}").fullmatch
is_currency = re.compile(r"[A-Z]{3}").fullmatch
is_money = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?").fullmatch

SIGNS = {"settled": 1, "refunded": -1, "pending": 0, "failed": 0}
"""By status: how the amount enters the totals; 0 leaves the row out."""


class BadRow(Exception):
    """A row that breaks a rule; `reason` is the column."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Entry(NamedTuple):
    """A good row."""

    merchant: str
    currency: str
    ts: str
    cents: int
    fee_cents: int
    counts: bool


def parse(record: tuple[str, ...]) -> Entry:
    """The entry that a record (in the order of COLUMNS) stands for. Raises BadRow."""
    event_id, ts, merchant, country, currency, amount, fee, status, note = record
    if not event_id:
        raise BadRow("event_id")
    if not is_moment(ts) or not is_day(ts[:10]):
        raise BadRow("ts")
    if not is_country(country):
        raise BadRow("country")
    if not is_currency(currency):
        raise BadRow("currency")
    if not is_money(amount):
        raise BadRow("amount")
    if not is_money(fee):
        raise BadRow("fee")
    if status not in SIGNS:
        raise BadRow("status")
    if len(note) > NOTE_LENGTH:
        raise BadRow("note")
    sign = SIGNS[status]
    return Entry(merchant, currency, ts, sign * cents(amount), cents(fee), sign != 0)


@lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def cents(money: str) -> int:
    whole, _, fraction = money.partition(".")
    return int(whole + fraction.ljust(2, "0"))
