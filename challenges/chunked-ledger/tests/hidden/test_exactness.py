"""Money is exact: no cent is lost in a long sum, and ties go to the even cent."""

import pytest
from support import (
    Row,
    cents_of,
    figures,
    in_time_order,
    money,
    number,
    random_row,
    render,
    rng_for,
    run_ledger,
)

pytestmark = pytest.mark.group("exactness")

DIMES = 200_000
HUGE = 99_999_999_999_999
"""The largest amount, in cents: 12 digits before the point."""


def test_two_hundred_thousand_dimes_beside_one_large_amount_add_up(sandbox) -> None:
    head = render([Row("e", "2025-07-01T00:00:00Z", "Dime", amount=money(HUGE), fee="0.10")]).data
    dime = b"e,2025-07-01T00:00:00Z,Dime,US,EUR,0.10,0.10,settled,\n"
    row = run_ledger(sandbox, head + dime * DIMES, timeout=60).row(("Dime", "EUR", "2025-07"))
    assert number(row["n"]) == DIMES + 1
    assert cents_of(row["gross"]) == HUGE + 10 * DIMES
    assert cents_of(row["fees"]) == 10 * (DIMES + 1)


def test_sums_beyond_the_53_bits_of_a_float_are_exact(sandbox, seed) -> None:
    rng = rng_for(seed, "huge")
    rows = [
        random_row(
            rng,
            f"Bank {number}",
            amount=money(HUGE - rng.randrange(10**9)),
            fee=money(HUGE - rng.randrange(10**9)),
        )
        for number in range(8)
        for _ in range(150)
    ]
    table = run_ledger(sandbox, render(in_time_order(rows)).data).table()
    got = {key: (cents_of(row["gross"]), cents_of(row["fees"])) for key, row in table.items()}
    want = {key: (group.cents, group.fee_cents) for key, group in figures(rows).items()}
    assert min(cents for cents, _ in want.values()) > 2**53
    assert got == want


def test_a_mean_halfway_between_two_cents_goes_to_the_even_one(sandbox, seed) -> None:
    rng = rng_for(seed, "ties")
    rows = []
    for index in range(24):
        # Two amounts whose sum is odd: ties lie above an even cent and above an odd one in turn.
        low = 2 * rng.randrange(50, 20_000) + index % 2
        rows += [random_row(rng, f"Tie {index:02}", amount=money(cents)) for cents in (low - 40, low + 41)]
    table = run_ledger(sandbox, render(in_time_order(rows)).data).table()
    got = {key: number(row["mean"]) for key, row in table.items()}
    assert got == {key: group.mean for key, group in figures(rows).items()}
