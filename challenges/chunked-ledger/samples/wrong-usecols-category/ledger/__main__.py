"""python -m ledger INPUT --out OUT --errors ERRORS [--chunk-rows N]"""

import argparse
import csv
import json
import os
import re
import sys
import zlib
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pandas as pd

COLUMNS = ["event_id", "ts", "merchant", "country", "currency", "amount", "fee", "status", "note"]
KEY = ["merchant", "currency", "month"]
HEADER = "merchant,currency,month,n,gross,fees,mean,std_pop,max_amount,first_ts,last_ts,active_days"
FORMAT = "%Y-%m-%dT%H:%M:%SZ"
is_money = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?").fullmatch


def cents(text):
    return round(float(text) * 100) if is_money(text) else -1


def seconds(text):
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return -1
    return int(moment.timestamp()) if len(text) == 20 and text.endswith("Z") else -1


def note_code(text):
    """The newlines of a note; negative when it is too long."""
    return text.count("\n") if len(text) <= 200 else -1 - text.count("\n")


def read(path):
    """Every column in the smallest form that still tells a good row from a bad one."""
    return pd.read_csv(
        path,
        usecols=COLUMNS,
        dtype={name: "category" for name in ("merchant", "country", "currency", "status")},
        converters={
            "event_id": lambda text: (text != "") + 2 * text.count("\n"),
            "ts": seconds,
            "amount": cents,
            "fee": cents,
            "note": note_code,
        },
        na_filter=False,
        encoding="utf-8-sig",
        index_col=False,
    )


def by_value(column, function):
    """Apply to each category once."""
    return column.map({value: function(value) for value in column.cat.categories}).astype("int64")


def reasons(frame):
    good = {
        "event_id": frame["event_id"] % 2 == 1,
        "ts": frame["ts"] >= 0,
        "country": by_value(frame["country"], lambda text: bool(re.fullmatch("[A-Z]{2}", text))) == 1,
        "currency": by_value(frame["currency"], lambda text: bool(re.fullmatch("[A-Z]{3}", text))) == 1,
        "amount": frame["amount"] >= 0,
        "fee": frame["fee"] >= 0,
        "status": frame["status"].isin(["settled", "refunded", "pending", "failed"]),
        "note": frame["note"] >= 0,
    }
    result = pd.Series("", index=frame.index, dtype="category").cat.add_categories(list(good))
    for name in reversed(good):
        result[~good[name]] = name
    return result


def newlines(frame):
    note = frame["note"].where(frame["note"] >= 0, -1 - frame["note"])
    texts = ("merchant", "country", "currency", "status")
    return note + frame["event_id"] // 2 + sum(by_value(frame[n], lambda t: t.count("\n")) for n in texts)


def rounded(value):
    result = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    return str(abs(result) if result.is_zero() else result)


def columns_of(group):
    amounts, total = group["cents"], int(group["cents"].sum())
    return [
        len(group),
        rounded(Decimal(total) / 100),
        rounded(Decimal(int(group["fee"].sum())) / 100),
        rounded(Decimal(total) / (100 * len(group))),
        rounded(Decimal(float(amounts.std(ddof=0))) / 100),
        rounded(Decimal(int(amounts.max())) / 100),
        group["moment"].min().strftime(FORMAT),
        group["moment"].max().strftime(FORMAT),
        group["moment"].dt.day.nunique(),
    ]


def summarise(source, out, errors):
    frame = read(source)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ValueError(f"missing columns: {', '.join(missing)}")
    reason = reasons(frame)
    bad = reason != ""
    spans = newlines(frame)
    lines = frame.index.to_series() + 2 + spans.cumsum() - spans
    found = list(zip(lines[bad], reason[bad], strict=True))
    good = frame[~bad & frame["status"].isin(["settled", "refunded"])]
    moment = pd.to_datetime(good["ts"], unit="s")
    sign = good["status"].eq("settled") * 2 - 1
    good = good[["merchant", "currency", "fee"]].assign(
        cents=good["amount"] * sign, moment=moment, month=moment.dt.strftime("%Y-%m").astype("category")
    )
    groups = {tuple(map(str, key)): columns_of(part) for key, part in good.groupby(KEY, observed=True)}
    drafts = [path.with_name(f"{path.name}.part") for path in (out, errors)]
    try:
        with drafts[1].open("w") as file:
            file.writelines(json.dumps({"line": int(line), "reason": why}) + "\n" for line, why in found)
        with drafts[0].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER.split(","))
            writer.writerows([*key, *groups[key]] for key in sorted(groups))
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
    except (OSError, EOFError, zlib.error, ValueError) as error:
        print(f"ledger: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
