"""Writes the two large ledgers and what is in them: `python make_data.py OUT`.

OUT/public/medium.csv and OUT/public/large.csv are what the candidate reads, OUT/private/expected.json is the
judge's. All rows are good and settled: bad ones, odd names and refunds are not the matter here. They are
put together from ready-made fragments, block by block, and counted on the way, in whole cents.
"""

import json
import random
import sys
from collections import Counter
from pathlib import Path

SEED = 20260
SIZES = {"medium": 300_000_000, "large": 600_000_000}
MONTHS = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")
CURRENCIES = ("EUR", "USD", "SEK")
COUNTRIES = ("NL", "DE", "SE", "US", "FR", "PL", "IT")
MERCHANTS = 60
AMOUNTS = 50_000
ENDS = 4_000
ROWS_A_BLOCK = 20_000
HEADER = b"event_id,ts,merchant,country,currency,amount,fee,status,note\n"
PHRASE = (
    "invoice order, second part,paid in store subscription renewal gift card partial shipment loyalty "
    "discount, phone order weekend counter two items pickup desk returned parcel late fee"
)

Key = tuple[str, str, str]
Groups = dict[Key, list[int]]


def write_ledger(path: Path, size: int, rng: random.Random) -> Groups:
    """A ledger of `size` bytes or a little more. Returns count and cents by merchant, currency and month."""
    hours = {
        month: [f"{month}-{n // 24 + 1:02}T{n % 24:02}:".encode() for n in range(28 * 24)] for month in MONTHS
    }
    seconds = [f"{n // 60:02}:{n % 60:02}Z,".encode() for n in range(3600)]
    sellers = make_sellers()
    cents_of = make_amounts(rng)
    amounts = list(cents_of)
    ends = make_ends(rng)
    numbers = [b"%05d," % number for number in range(ROWS_A_BLOCK)]
    groups: Groups = {}
    with path.open("wb", buffering=1 << 22) as out:
        written = out.write(HEADER)
        block = 0
        while written < size:
            month = MONTHS[rng.randrange(len(MONTHS))]
            parts = [b"evt-%06d-" % block] * (7 * ROWS_A_BLOCK)
            parts[1::7] = numbers
            parts[2::7] = rng.choices(hours[month], k=ROWS_A_BLOCK)
            parts[3::7] = rng.choices(seconds, k=ROWS_A_BLOCK)
            parts[4::7] = chosen_sellers = rng.choices(list(sellers), k=ROWS_A_BLOCK)
            parts[5::7] = chosen_amounts = rng.choices(amounts, k=ROWS_A_BLOCK)
            parts[6::7] = rng.choices(ends, k=ROWS_A_BLOCK)
            written += out.write(b"".join(parts))
            block += 1
            counts = Counter(chosen_sellers)
            cents: Counter[bytes] = Counter()
            for seller, amount in zip(chosen_sellers, chosen_amounts, strict=True):
                cents[seller] += cents_of[amount]
            for seller, count in counts.items():
                group = groups.setdefault((*sellers[seller], month), [0, 0])
                group[0] += count
                group[1] += cents[seller]
    return groups


def make_sellers() -> dict[bytes, tuple[str, str]]:
    """Middles of rows (merchant, country, currency) and the merchant and currency that each stands for."""
    names = [f"Merchant {number:03} BV" for number in range(MERCHANTS)]
    return {
        f"{name},{country},{currency},".encode(): (name, currency)
        for name in names
        for country in COUNTRIES
        for currency in CURRENCIES
    }


def make_amounts(rng: random.Random) -> dict[bytes, int]:
    return {b"%d.%02d," % divmod(cents, 100): cents for cents in rng.sample(range(50, 900_000), AMOUNTS)}


def make_ends(rng: random.Random) -> list[bytes]:
    """Ends of rows: fee, status and note."""
    ends = []
    words = PHRASE.split(" ")
    for _ in range(ENDS):
        note = " ".join(rng.choices(words, k=rng.randrange(14, 26)))[:190]
        ends.append(b'%d.%02d,settled,"%s"\n' % (*divmod(rng.randrange(2_000), 100), note.encode()))
    return ends


def main() -> None:
    out = Path(sys.argv[1])
    public, private = out / "public", out / "private"
    public.mkdir(parents=True, exist_ok=True)
    private.mkdir(parents=True, exist_ok=True)
    expected = {}
    for name, size in SIZES.items():
        path = public / f"{name}.csv"
        groups = write_ledger(path, size, random.Random(f"{SEED}:{name}"))
        rows = [[*key, *figures] for key, figures in sorted(groups.items())]
        expected[name] = {"bytes": path.stat().st_size, "groups": rows}
    (private / "expected.json").write_text(json.dumps(expected), encoding="utf-8")


if __name__ == "__main__":
    main()
