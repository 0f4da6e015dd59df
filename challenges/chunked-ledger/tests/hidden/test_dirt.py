"""Ledgers as they come: quoting, encodings, names that look like something else, bad rows."""

import random

import pytest
from support import (
    Row,
    assert_sums,
    in_time_order,
    interleaved,
    moment,
    random_row,
    render,
    rng_for,
    run_ledger,
)

pytestmark = pytest.mark.group("dirt")

LOOKALIKES = (
    "NA",
    "null",
    "nan",
    "None",
    "N/A",
    "NULL",
    "",
    "00123",
    "123",
    "1e3",
    "007",
    "True",
    "1.0",
    "-",
)


def plain_rows(rng: random.Random, count: int) -> list[Row]:
    return [random_row(rng, rng.choice(("Noord", "Oost", "West"))) for _ in range(count)]


def bad_fee(rng: random.Random) -> Row:
    return random_row(rng, "Noord", fee="-1.00", bad="fee")


def test_quoted_fields_may_hold_commas_quotes_and_newlines(sandbox, seed) -> None:
    rng = rng_for(seed, "quoted")
    names = ("Smit, Jansen & Co", 'The "Best" Shop', '"Quoted"', "plain", "two\nlines")
    notes = (
        "one\ntwo",
        'she said "hi", twice',
        "\n\n",
        ",,,,",
        "e1,2025-01-01T00:00:00Z,fake,NL,EUR,1,0,settled,",
    )
    rows = [random_row(rng, rng.choice(names), note=rng.choice(notes)) for _ in range(60)]
    result = run_ledger(sandbox, render(in_time_order(rows)).data)
    assert_sums(result, rows)
    assert result.error_lines() == []


def test_a_bad_row_is_reported_with_the_line_on_which_it_starts(sandbox, seed) -> None:
    """The first record is bad, records span lines, bad ones too, chunks are short: none shifts a number."""
    rng = rng_for(seed, "lines")
    tall = [random_row(rng, "Oost", note="\n".join("abc"[: rng.randint(2, 3)])) for _ in range(12)]
    tall_and_bad = [random_row(rng, "West", note="a\nb", amount="free", bad="amount") for _ in range(4)]
    rows = interleaved(rng, plain_rows(rng, 40), tall, tall_and_bad, [bad_fee(rng) for _ in range(6)])
    ledger = render([bad_fee(rng), *rows])
    result = run_ledger(sandbox, ledger.data, chunk_rows=10)
    assert result.error_lines() == ledger.errors


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(sandbox, seed) -> None:
    rng = rng_for(seed, "windows")
    tall = [random_row(rng, "Süd", note="first\r\nsecond") for _ in range(5)]
    rows = interleaved(rng, plain_rows(rng, 30), tall, [bad_fee(rng) for _ in range(3)])
    ledger = render(rows, eol="\r\n", bom=True)
    result = run_ledger(sandbox, ledger.data)
    assert_sums(result, rows)
    assert result.error_lines() == ledger.errors


def test_values_that_look_missing_or_numeric_stay_the_text_they_are(sandbox, seed) -> None:
    rng = rng_for(seed, "lookalikes")
    rows = [random_row(rng, name) for name in LOOKALIKES for _ in range(rng.randint(1, 3))]
    rows += [random_row(rng, "Namibian Crafts", country="NA", note="NA", event_id="null") for _ in range(3)]
    rng.shuffle(rows)
    result = run_ledger(sandbox, render(rows).data)
    assert_sums(result, rows)
    assert result.error_lines() == []


def test_what_a_column_holds_may_change_far_into_the_file(sandbox, seed) -> None:
    """Numbers, then text; nothing, then something; merchants and a currency first seen at the end."""
    rng = rng_for(seed, "changes")
    early = [
        random_row(
            rng, rng.choice(("00123", "456", "9")), event_id=str(rng.getrandbits(30)), amount="12", note=""
        )
        for _ in range(150)
    ]
    late = [
        random_row(rng, "00123", note="at last"),
        random_row(rng, "Late Shop", currency="SEK", ts=moment(rng, "2025-04")),
        random_row(rng, "456", country="SE"),
        random_row(rng, "9", amount="12,50", bad="amount"),
        random_row(rng, "9", amount="n/a", bad="amount"),
        random_row(rng, "9", fee="NaN", bad="fee"),
        random_row(rng, "9", event_id="evt-1"),
    ]
    rng.shuffle(late)
    ledger = render([*early, *late])
    result = run_ledger(sandbox, ledger.data, chunk_rows=50)
    assert_sums(result, [*early, *late])
    assert result.error_lines() == ledger.errors


def test_each_kind_of_bad_row_is_reported_and_not_counted(sandbox, seed) -> None:
    rng = rng_for(seed, "bad")
    faults = {
        "event_id": [""],
        "ts": ["", "yesterday", "2025-02-30T10:00:00Z", "2025-13-01T10:00:00Z", "05/03/2025 10:00"],
        "country": ["", "nl", "NLD"],
        "currency": ["", "eur", "EURO"],
        "amount": ["", "free", "-5.00", "12,50", "1.234"],
        "fee": ["", "-1.00", "nan"],
        "status": ["", "Settled", "chargeback"],
        "note": ["x" * 201],
    }
    bad = [random_row(rng, "Noord", **{name: v}, bad=name) for name, values in faults.items() for v in values]
    # The first column of the list decides, and a row that would not count anyway is reported all the same.
    bad += [
        random_row(rng, "Noord", ts="soon", fee="-1.00", bad="ts"),
        random_row(rng, "Noord", event_id="", note="x" * 300, bad="event_id"),
        random_row(rng, "Noord", status="pending", amount="", bad="amount"),
        random_row(rng, "Only bad rows", fee="", bad="fee"),
    ]
    good_but_unusual = [
        random_row(rng, "Noord", note="é" * 200),
        random_row(rng, "Noord", ts="2024-02-29T23:59:59Z"),
        random_row(rng, "Noord", amount="0", fee="0"),
        random_row(rng, "Noord", amount="7.5", fee="0.0"),
    ]
    rows = interleaved(rng, plain_rows(rng, 30), bad, good_but_unusual)
    ledger = render(rows)
    result = run_ledger(sandbox, ledger.data)
    assert result.error_lines() == ledger.errors
    assert_sums(result, rows)
