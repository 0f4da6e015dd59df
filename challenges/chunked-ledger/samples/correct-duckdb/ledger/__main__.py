"""python -m ledger INPUT --out OUT --errors ERRORS [--chunk-rows N]"""

import argparse
import csv
import gzip
import json
import os
import sys
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path

import duckdb

COLUMNS = ("event_id", "ts", "merchant", "country", "currency", "amount", "fee", "status", "note")
HEADER = "merchant,currency,month,n,gross,fees,mean,std_pop,max_amount,first_ts,last_ts,active_days"

MOMENT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
MONEY = "^[0-9]{1,12}([.][0-9]{1,2})?$"

ROWS = f"""
SELECT row_number() OVER () AS number, *,
    CASE
        WHEN event_id = '' THEN 'event_id'
        WHEN NOT regexp_full_match(ts, '{MOMENT}') OR try_cast(ts[:10] AS DATE) IS NULL THEN 'ts'
        WHEN NOT regexp_full_match(country, '[A-Z]{{2}}') THEN 'country'
        WHEN NOT regexp_full_match(currency, '[A-Z]{{3}}') THEN 'currency'
        WHEN NOT regexp_full_match(amount, '{MONEY}') THEN 'amount'
        WHEN NOT regexp_full_match(fee, '{MONEY}') THEN 'fee'
        WHEN status NOT IN ('settled', 'refunded', 'pending', 'failed') THEN 'status'
        WHEN length(note) > 200 THEN 'note'
    END AS reason
FROM input
"""

ODD = (
    f"SELECT number, newlines, reason FROM ({ROWS}) WHERE reason IS NOT NULL OR newlines > 0 ORDER BY number"
)

TOTALS = f"""
SELECT merchant, currency, month, count(*), sum(cents), sum(fee_cents), sum(cents::HUGEINT * cents),
    max(cents), min(ts), max(ts), bit_count(bit_or(1::BIGINT << day))
FROM (
    SELECT merchant, currency, ts, ts[:7] AS month, ts[9:10]::INTEGER AS day,
        CASE status WHEN 'refunded' THEN -1 ELSE 1 END * (amount::DECIMAL(16, 2) * 100)::BIGINT AS cents,
        (fee::DECIMAL(16, 2) * 100)::BIGINT AS fee_cents
    FROM ({ROWS})
    WHERE reason IS NULL AND status IN ('settled', 'refunded')
)
GROUP BY merchant, currency, month
"""


class Unusable(Exception):
    pass


def open_text(path):
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return open(path, encoding="utf-8-sig", newline="")


def read_header(path):
    with open_text(path) as text:
        header = next(csv.reader(text), [])
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise Unusable(f"missing columns: {', '.join(missing)}")
    return header


def connect(path, header):
    connection = duckdb.connect()
    connection.execute("SET memory_limit = '200MB'")
    connection.execute("SET threads = 1")
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in header}
    newlines = " + ".join(
        f"coalesce(length({q}) - length(replace({q}, chr(10), '')), 0)" for q in quoted.values()
    )
    picked = ", ".join(f"coalesce({quoted[name]}, '') AS {name}" for name in COLUMNS)
    relation = connection.read_csv(
        str(path),
        header=True,
        auto_detect=False,
        columns={name: "VARCHAR" for name in header},
        sep=",",
        quotechar='"',
        escapechar='"',
    )
    relation.project(f"{picked}, {newlines} AS newlines").create_view("input")
    return connection


def rounded(value):
    result = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    return str(abs(result) if result.is_zero() else result)


def columns_of(group):
    merchant, currency, month, count, total, fees, squares, highest, first, last, days = group
    deviation = Decimal(count * int(squares) - int(total) ** 2).sqrt() / (100 * count)
    hundredths = [rounded(Decimal(int(cents)) / 100) for cents in (total, fees, highest)]
    mean = rounded(Decimal(int(total)) / (100 * count))
    return [
        *(merchant, currency, month, count, hundredths[0], hundredths[1], mean, rounded(deviation)),
        *(hundredths[2], first, last, days),
    ]


def summarise(source, out, errors):
    connection = connect(source, read_header(source))
    groups = connection.execute(TOTALS).fetchall()
    groups.sort(key=lambda group: group[:3])
    drafts = [path.with_name(f"{path.name}.part") for path in (out, errors)]
    try:
        with drafts[1].open("w") as file:
            before = 0
            result = connection.execute(ODD)
            while rows := result.fetchmany(10_000):
                for number, newlines, reason in rows:
                    if reason is not None:
                        file.write(json.dumps({"line": number + 1 + before, "reason": reason}) + "\n")
                    before += newlines
        with drafts[0].open("w", encoding="utf-8", newline="") as file, localcontext(prec=60):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER.split(","))
            writer.writerows(map(columns_of, groups))
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
    except (Unusable, OSError, EOFError, duckdb.Error) as error:
        print(f"ledger: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
