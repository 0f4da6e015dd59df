"""Small, clean ledgers in order of time: every column of the output, and what goes in."""

import gzip
import random
import re

import pytest
from support import (
    COLUMNS,
    HEADER,
    Result,
    Row,
    assert_deviation,
    cents_of,
    figures,
    in_time_order,
    moment,
    number,
    random_row,
    render,
    rng_for,
    run_ledger,
    without_ties,
)

pytestmark = pytest.mark.group("correctness")

SHOPS = ("Albers", "Bosch & Zn.", "Café Één", "Dekker 24")


def clean_rows(rng: random.Random, count: int = 60) -> list[Row]:
    rows = [
        random_row(
            rng,
            rng.choice(SHOPS),
            ts=moment(rng, rng.choice(("2024-12", "2025-01"))),
            currency=rng.choice(("EUR", "USD")),
        )
        for _ in range(count)
    ]
    return without_ties(in_time_order(rows))


def assert_complete(result: Result, rows: list[Row]) -> None:
    """All rows and columns of the output, in order."""
    want = figures(rows)
    table = result.table()
    assert list(table) == list(want)
    for key, group in want.items():
        row = table[key]
        got = [number(row["n"]), *(cents_of(row[name]) for name in ("gross", "fees", "max_amount"))]
        assert got == [group.n, group.cents, group.fee_cents, group.max_cents], key
        assert number(row["mean"]) == group.mean, key
        assert_deviation(row["std_pop"], group.std_pop)
        got_times = row["first_ts"], row["last_ts"], row["active_days"]
        assert got_times == (group.first_ts, group.last_ts, str(group.active_days)), key


def test_every_column_of_a_ledger_that_can_be_checked_by_hand(sandbox) -> None:
    rows = [
        Row("e1", "2025-01-31T23:59:59Z", "Anna", amount="10", fee="0.5", currency="EUR"),
        Row("e2", "2025-02-01T00:00:00Z", "Anna", amount="20.00", fee="0.25", currency="EUR"),
        Row("e3", "2025-02-01T09:30:00Z", "Anna", amount="40.4", fee="0", currency="EUR"),
        Row("e4", "2025-02-03T12:00:00Z", "Anna", amount="0.10", fee="0.01", currency="USD"),
        Row("e5", "2025-02-28T18:45:10Z", "Anna", amount="60.20", fee="1", currency="EUR"),
        Row("e6", "2025-02-28T20:00:00Z", "Bert", amount="7.77", fee="0.07", currency="EUR"),
    ]
    lines = run_ledger(sandbox, render(rows).data).lines()
    # 20.00, 40.40 and 60.20: a mean of 40.20 and deviations of 20.20, 0.20 and 20.00.
    assert [",".join(line) for line in lines] == [
        HEADER,
        "Anna,EUR,2025-01,1,10.00,0.50,10.00,0.00,10.00,2025-01-31T23:59:59Z,2025-01-31T23:59:59Z,1",
        "Anna,EUR,2025-02,3,120.60,1.25,40.20,16.41,60.20,2025-02-01T00:00:00Z,2025-02-28T18:45:10Z,2",
        "Anna,USD,2025-02,1,0.10,0.01,0.10,0.00,0.10,2025-02-03T12:00:00Z,2025-02-03T12:00:00Z,1",
        "Bert,EUR,2025-02,1,7.77,0.07,7.77,0.00,7.77,2025-02-28T20:00:00Z,2025-02-28T20:00:00Z,1",
    ]


def test_rows_are_sorted_by_merchant_currency_and_month(sandbox, seed) -> None:
    """By code points: capitals before small letters, letters before accents, accents before emoji."""
    rng = rng_for(seed, "sorted")
    names = ["zebra", "Zebra", "Äpfel", "apple", "10 Dots", "9 Dots", "\U0001f680 Post", "Zebra & Co"]
    keys = [
        (name, currency, month)
        for name in names
        for currency in ("USD", "EUR")
        for month in ("2025-01", "2024-11")
    ]
    rng.shuffle(keys)
    rows = [random_row(rng, name, currency=currency, ts=moment(rng, month)) for name, currency, month in keys]
    rows = in_time_order(rows)
    assert list(run_ledger(sandbox, render(rows).data).table()) == sorted(keys)


def test_a_gzipped_ledger_gives_the_same_as_the_plain_one(sandbox, seed) -> None:
    rows = clean_rows(rng_for(seed, "gz"))
    result = run_ledger(sandbox, gzip.compress(render(rows).data), name="input.csv.gz")
    assert_complete(result, rows)


def test_columns_may_come_in_any_order_and_among_others(sandbox, seed) -> None:
    rng = rng_for(seed, "columns")
    rows = clean_rows(rng)
    extra = {"channel": "web, mobile", "gross": "99.99", "month": "1999-01", "batch": ""}
    columns = [*COLUMNS, *extra]
    rng.shuffle(columns)
    result = run_ledger(sandbox, render(rows, columns=columns, extra=extra).data)
    assert_complete(result, rows)


def test_a_ledger_without_rows_gives_a_header_and_no_errors(sandbox) -> None:
    result = run_ledger(sandbox, render([]).data)
    assert result.lines() == [HEADER.split(",")]
    assert result.error_lines() == []


def test_refunds_count_negative_and_what_is_not_settled_does_not_count(sandbox, seed) -> None:
    rng = rng_for(seed, "refunds")
    rows = clean_rows(rng, 40)
    rows += [random_row(rng, "Albers", status="refunded") for _ in range(5)]
    rows += [random_row(rng, "Only refunds", status="refunded") for _ in range(3)]
    rows += [random_row(rng, rng.choice(SHOPS), status=rng.choice(("pending", "failed"))) for _ in range(12)]
    rows += [random_row(rng, "Never settled", status=status) for status in ("pending", "failed")]
    rows += [random_row(rng, "Even", amount="12.34", status=status) for status in ("settled", "refunded")]
    rows = without_ties(in_time_order(rows))
    result = run_ledger(sandbox, render(rows).data)
    assert_complete(result, rows)
    texts = [
        row[name]
        for row in result.table().values()
        for name in ("gross", "fees", "mean", "std_pop", "max_amount")
    ]
    assert [text for text in texts if not re.fullmatch(r"-?[0-9]+\.[0-9]{2}", text)] == []
    assert result.row(("Even", "EUR", "2025-03"))["gross"] == "0.00"
