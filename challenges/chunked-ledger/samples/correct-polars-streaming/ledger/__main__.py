"""python -m ledger INPUT --out OUT --errors ERRORS [--chunk-rows N]"""

import argparse
import csv
import gzip
import json
import os
import sys
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path

import polars as pl
from polars import col

COLUMNS = ["event_id", "ts", "merchant", "country", "currency", "amount", "fee", "status", "note"]
KEY = ["merchant", "currency", "month"]
HEADER = "merchant,currency,month,n,gross,fees,mean,std_pop,max_amount,first_ts,last_ts,active_days"
MONEY = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}Z$"

GOOD = {
    "event_id": col("event_id") != "",
    "ts": col("ts").str.contains(MOMENT)
    & col("ts").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).is_not_null(),
    "country": col("country").str.contains("^[A-Z]{2}$"),
    "currency": col("currency").str.contains("^[A-Z]{3}$"),
    "amount": col("amount").str.contains(MONEY),
    "fee": col("fee").str.contains(MONEY),
    "status": col("status").is_in(["settled", "refunded", "pending", "failed"]),
    "note": col("note").str.len_chars() <= 200,
}


class Unusable(Exception):
    pass


def read_header(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as text:
        header = next(csv.reader(text), [])
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise Unusable(f"missing columns: {', '.join(missing)}")
    return header


def scan(path):
    header = read_header(path)
    rows = pl.scan_csv(path, infer_schema=False, empty_string_is_null=False, row_index_name="index")
    reason = pl.coalesce([pl.when(~good).then(pl.lit(name)) for name, good in GOOD.items()])
    newlines = pl.sum_horizontal([col(name).str.count_matches("\n", literal=True) for name in header])
    return rows.with_columns(reason=reason, newlines=newlines)


def cents(name):
    parts = col(name).str.splitn(".", 2).struct
    fraction = parts.field("field_1").fill_null("").str.pad_end(2, "0")
    return (parts.field("field_0") + fraction).cast(pl.Int64)


def totals(rows):
    wide = col("cents").cast(pl.Int128)
    sign = pl.when(col("status") == "refunded").then(-1).otherwise(1)
    return (
        rows.filter(col("reason").is_null() & col("status").is_in(["settled", "refunded"]))
        .with_columns(month=col("ts").str.slice(0, 7), cents=cents("amount") * sign, fee_cents=cents("fee"))
        .group_by(KEY)
        .agg(
            n=pl.len(),
            total=wide.sum(),
            fees=col("fee_cents").cast(pl.Int128).sum(),
            squares=(wide * wide).sum(),
            highest=col("cents").max(),
            first=col("ts").min(),
            last=col("ts").max(),
            days=col("ts").str.slice(0, 10).n_unique(),
        )
        .collect(engine="streaming")
        .sort(KEY)
    )


def odd_rows(rows):
    """Bad rows, and those that span lines: few enough to be numbered in memory."""
    odd = rows.filter(col("reason").is_not_null() | (col("newlines") > 0))
    found = odd.select("index", "reason", "newlines").collect(engine="streaming").sort("index")
    before = col("newlines").cum_sum() - col("newlines")
    return found.select("reason", line=col("index") + 2 + before).filter(col("reason").is_not_null())


def rounded(value):
    result = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    return str(abs(result) if result.is_zero() else result)


def columns_of(group):
    n, total = group["n"], group["total"]
    return [
        *(group[name] for name in KEY),
        n,
        rounded(Decimal(total) / 100),
        rounded(Decimal(group["fees"]) / 100),
        rounded(Decimal(total) / (100 * n)),
        rounded(Decimal(n * group["squares"] - total**2).sqrt() / (100 * n)),
        rounded(Decimal(group["highest"]) / 100),
        group["first"],
        group["last"],
        group["days"],
    ]


def summarise(source, out, errors):
    rows = scan(source)
    groups = totals(rows)
    bad = odd_rows(rows)
    drafts = [path.with_name(f"{path.name}.part") for path in (out, errors)]
    try:
        with drafts[1].open("w") as file:
            for row in bad.iter_rows(named=True):
                file.write(json.dumps({"line": row["line"], "reason": row["reason"]}) + "\n")
        with drafts[0].open("w", encoding="utf-8", newline="") as file, localcontext(prec=60):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER.split(","))
            writer.writerows(map(columns_of, groups.iter_rows(named=True)))
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
    parser.add_argument("--chunk-rows", type=int)
    options = parser.parse_args()
    try:
        summarise(options.input, options.out, options.errors)
    except (Unusable, OSError, EOFError, pl.exceptions.PolarsError) as error:
        print(f"ledger: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
