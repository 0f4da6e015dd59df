"""python -m ledger INPUT --out OUT --errors ERRORS [--chunk-rows N]"""

import argparse
import csv
import json
import os
import sys
import zlib
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pandas as pd

COLUMNS = ["event_id", "ts", "merchant", "country", "currency", "amount", "fee", "status", "note"]
KEY = ["merchant", "currency", "month"]
HEADER = "merchant,currency,month,n,gross,fees,mean,std_pop,max_amount,first_ts,last_ts,active_days"
MONEY = r"[0-9]{1,12}(?:\.[0-9]{1,2})?"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z"


class Unusable(Exception):
    pass


def read_chunks(path, rows):
    """Every field as the text it is: no value is taken for a number, or for a missing one."""
    first_row = 0
    for chunk in pd.read_csv(
        path, dtype=object, na_filter=False, encoding="utf-8-sig", chunksize=rows, index_col=False
    ):
        missing = [name for name in COLUMNS if name not in chunk.columns]
        if missing:
            raise Unusable(f"missing columns: {', '.join(missing)}")
        newlines = sum(count_newlines(chunk[name]) for name in chunk.columns)
        yield first_row, chunk[COLUMNS], newlines
        first_row += len(chunk)


def count_newlines(texts):
    return pd.Series([text.count("\n") for text in texts], index=texts.index)


def cents(money):
    """Exact: 14 digits fit a float, and what the product is off by is far below half a cent."""
    return (money.astype("float64") * 100).round().astype("int64")


def reasons(chunk):
    good = {
        "event_id": chunk["event_id"] != "",
        "ts": chunk["ts"].str.fullmatch(MOMENT)
        & pd.to_datetime(chunk["ts"], format="%Y-%m-%dT%H:%M:%SZ", errors="coerce").notna(),
        "country": chunk["country"].str.fullmatch("[A-Z]{2}"),
        "currency": chunk["currency"].str.fullmatch("[A-Z]{3}"),
        "amount": chunk["amount"].str.fullmatch(MONEY),
        "fee": chunk["fee"].str.fullmatch(MONEY),
        "status": chunk["status"].isin(["settled", "refunded", "pending", "failed"]),
        "note": chunk["note"].str.len() <= 200,
    }
    result = pd.Series([None] * len(chunk), index=chunk.index, dtype=object)
    for name in reversed(good):
        result[~good[name].astype(bool)] = name
    return result


class Group:
    def __init__(self):
        self.n = self.total = self.fees = 0
        self.mean = self.m2 = 0.0
        self.highest, self.first, self.last = None, None, None
        self.days = set()

    def merge(self, part):
        n, mean = int(part.n), float(part.mean)
        # Chan et al.: two partial variances make one.
        delta, both = mean - self.mean, self.n + n
        self.m2 += float(part.var) * n + delta * delta * self.n * n / both
        self.mean += delta * n / both
        self.n = both
        self.total += int(part.total)
        self.fees += int(part.fees)
        self.highest = int(part.highest) if self.highest is None else max(self.highest, int(part.highest))
        self.first = part.first if self.first is None else min(self.first, part.first)
        self.last = part.last if self.last is None else max(self.last, part.last)

    def columns(self):
        return [
            self.n,
            rounded(Decimal(self.total) / 100),
            rounded(Decimal(self.fees) / 100),
            rounded(Decimal(self.total) / (100 * self.n)),
            rounded(Decimal((self.m2 / self.n) ** 0.5 / 100)),
            rounded(Decimal(self.highest) / 100),
            self.first,
            self.last,
            len(self.days),
        ]


def rounded(value):
    result = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    return str(abs(result) if result.is_zero() else result)


def add_chunk(groups, good):
    sign = good["status"].map({"settled": 1, "refunded": -1})
    good = good[sign.notna()]
    if good.empty:
        return
    frame = pd.DataFrame(
        {
            "merchant": good["merchant"],
            "currency": good["currency"],
            "month": good["ts"].str[:7],
            "ts": good["ts"],
            "day": good["ts"].str[8:10],
            "cents": cents(good["amount"]) * sign.dropna().astype("int64"),
            "fee": cents(good["fee"]),
        }
    )
    grouped = frame.groupby(KEY, sort=False, dropna=False)
    amounts = grouped["cents"]
    parts = pd.DataFrame(
        {
            "n": amounts.size(),
            "total": amounts.sum(),
            "mean": amounts.mean(),
            "var": amounts.var(ddof=0),
            "fees": grouped["fee"].sum(),
            "highest": amounts.max(),
            "first": grouped["ts"].min(),
            "last": grouped["ts"].max(),
        }
    )
    for part in parts.itertuples():
        groups.setdefault(part.Index, Group()).merge(part)
    for *key, day in frame[[*KEY, "day"]].drop_duplicates().itertuples(index=False, name=None):
        groups[tuple(key)].days.add(day)


def summarise(source, out, errors, chunk_rows):
    groups = {}
    before = 0
    drafts = [path.with_name(f"{path.name}.part") for path in (out, errors)]
    try:
        with drafts[1].open("w") as file:
            for first_row, chunk, newlines in read_chunks(source, chunk_rows):
                reason = reasons(chunk)
                bad = reason.notna()
                if bad.any():
                    number = pd.Series(range(first_row + 2, first_row + 2 + len(chunk)), index=chunk.index)
                    lines = number
                    for line, why in zip(lines[bad], reason[bad], strict=True):
                        file.write(json.dumps({"line": int(line), "reason": why}) + "\n")
                before += int(newlines.sum())
                add_chunk(groups, chunk[~bad])
        with drafts[0].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER.split(","))
            writer.writerows([*key, *groups[key].columns()] for key in sorted(groups))
        os.replace(drafts[0], out)
        os.replace(drafts[1], errors)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(prog="ledger")
    parser.add_argument("input", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--errors", type=Path, required=True)
    parser.add_argument("--chunk-rows", type=int, default=100_000)
    options = parser.parse_args()
    try:
        summarise(options.input, options.out, options.errors, options.chunk_rows)
    except (Unusable, OSError, EOFError, zlib.error, ValueError) as error:
        print(f"ledger: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
