"""How long a clean ledger of `size` rows takes, and what it holds in memory meanwhile.

Rows are put together from ready-made fragments and counted on the way, so that making one takes less than
reading it. Count, gross and fees of every group have to be exact.
"""

import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from support import COLUMNS, SIGNS, Key, Result, cents_of, command, money, number, read

MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02")
CURRENCIES = ("EUR", "USD", "SEK")
MERCHANTS = 40
STATUSES = ("settled",) * 9 + ("refunded",)
FRAGMENTS = 1_000
# Less than the least size, so that what is kept of one chunk is the same at every size.
CHUNK_ROWS = 10_000
RUN_S = 60.0

Sums = dict[Key, list[int]]


def run(solution: Any, rng: random.Random, size: int) -> Any:
    """One run over a ledger of `size` rows."""
    data, sums = ledger(rng.getrandbits(64), size)
    folder = f"{solution.tmp_dir}/run"
    solution.put(f"{folder}/input.csv", data)
    completed = solution.run(command(f"{folder}/input.csv", folder, CHUNK_ROWS), timeout=RUN_S)
    out, errors = read(solution, f"{folder}/out.csv"), read(solution, f"{folder}/errors.jsonl")
    result = Result(completed.outcome, completed.exit_code, out, errors, [])
    found = {
        key: [number(row["n"]), cents_of(row["gross"]), cents_of(row["fees"])]
        for key, row in result.table().items()
    }
    assert found == sums, "n, gross or fees of a group is wrong"
    assert result.error_lines() == [], "good rows were reported"
    return completed


@lru_cache(maxsize=1)
def ledger(seed: int, size: int) -> tuple[bytes, Sums]:
    """The file, and n, gross and fees (cents) by group. Made once for both sides of a pair."""
    rng = random.Random(seed)
    sellers = [(f"Merchant {one:02} BV", rng.choice(CURRENCIES)) for one in range(MERCHANTS)]
    amounts = rng.sample(range(50, 900_000), FRAGMENTS)
    ends = [(rng.randrange(2_000), rng.choice(STATUSES)) for _ in range(FRAGMENTS)]
    days = [(month, day) for month in MONTHS for day in range(1, 29)]
    sums: Sums = {}
    parts = [",".join(COLUMNS) + "\n"]
    for index, moment, seller, amount, end in zip(
        range(size),
        _drawn(rng, [(month, f"{month}-{day:02}T{rng.randrange(24):02}:15:") for month, day in days], size),
        _drawn(rng, [(*seller, f"{seller[0]},NL,{seller[1]},") for seller in sellers], size),
        _drawn(rng, [(cents, money(cents)) for cents in amounts], size),
        _drawn(rng, [(*end, f",{money(end[0])},{end[1]},paid in store\n") for end in ends], size),
        strict=True,
    ):
        merchant, currency, middle = seller
        fee, status, rest = end
        parts.append(f"e-{index:07},{moment[1]}{index % 60:02}Z,{middle}{amount[1]}{rest}")
        group = sums.setdefault((merchant, currency, moment[0]), [0, 0, 0])
        group[0] += 1
        group[1] += SIGNS[status] * amount[0]
        group[2] += fee
    return "".join(parts).encode(), sums


def _drawn(rng: random.Random, fragments: list[Any], size: int) -> Iterator[Any]:
    return iter(rng.choices(fragments, k=size))
