"""One ledger, not in order of time, cut into chunks of several sizes."""

import random
from dataclasses import dataclass

import pytest
from support import (
    Result,
    Row,
    assert_deviation,
    cents_of,
    figures,
    moment,
    number,
    random_row,
    render,
    rng_for,
    run_ledger,
    without_ties,
)

pytestmark = pytest.mark.group("chunk-invariance")

ROWS = 150
SMALL, ALL = 7, 1_000_000
CHUNK_ROWS = (1, SMALL, ALL)
SLOW_S = 60.0
"""A chunk of one row costs pandas some 25 ms, more on a busy machine."""


@dataclass(frozen=True)
class Runs:
    rows: list[Row]
    by_chunk_rows: dict[int, Result]
    shuffled: Result


def uneven_rows(rng: random.Random) -> list[Row]:
    """Groups of very different sizes whose amounts grow along the file, so that chunks are nothing alike."""
    merchants = rng.choices(("Often", "Sometimes", "Rarely"), weights=(12, 5, 1), k=ROWS)
    rows = [
        random_row(
            rng,
            merchant,
            ts=moment(rng, rng.choice(("2025-05", "2025-06"))),
            amount=f"{rng.randrange(1, 9) * (1 + index) ** 1.3:.2f}",
        )
        for index, merchant in enumerate(merchants)
    ]
    return without_ties(rows)


@pytest.fixture(scope="module")
def runs(sandbox, seed) -> Runs:
    rng = rng_for(seed, "chunks")
    rows = uneven_rows(rng)
    data = render(rows).data
    shuffled = rows[:]
    rng.shuffle(shuffled)
    return Runs(
        rows,
        {size: run_ledger(sandbox, data, chunk_rows=size, timeout=SLOW_S) for size in CHUNK_ROWS},
        run_ledger(sandbox, render(shuffled).data, chunk_rows=SMALL, timeout=SLOW_S),
    )


def test_the_output_has_the_same_bytes_for_every_chunk_size(runs) -> None:
    for size, result in runs.by_chunk_rows.items():
        assert result.lines(), size
        assert result.out == runs.by_chunk_rows[ALL].out, f"--chunk-rows {size} differs from {ALL}"


def test_sums_and_maxima_of_groups_that_straddle_chunks(runs) -> None:
    table = runs.by_chunk_rows[SMALL].table()
    assert set(table) == set(figures(runs.rows))
    for key, group in figures(runs.rows).items():
        row = table[key]
        got = [number(row["n"]), *(cents_of(row[name]) for name in ("gross", "fees", "max_amount"))]
        assert got == [group.n, group.cents, group.fee_cents, group.max_cents], key


def test_mean_and_deviation_of_groups_that_straddle_chunks(runs) -> None:
    for key, group in figures(runs.rows).items():
        row = runs.by_chunk_rows[SMALL].row(key)
        assert number(row["mean"]) == group.mean, key
        assert_deviation(row["std_pop"], group.std_pop)


def test_first_and_last_moment_and_active_days_of_groups_that_straddle_chunks(runs) -> None:
    for key, group in figures(runs.rows).items():
        row = runs.by_chunk_rows[SMALL].row(key)
        got = row["first_ts"], row["last_ts"], number(row["active_days"])
        assert got == (group.first_ts, group.last_ts, group.active_days), key


def test_the_output_has_the_same_bytes_for_shuffled_rows(runs) -> None:
    assert runs.shuffled.lines()
    assert runs.shuffled.out == runs.by_chunk_rows[SMALL].out
