"""python -m ledger INPUT --out OUT --errors ERRORS [--chunk-rows N]"""

import argparse
import csv
import gzip
import json
import math
import re
import sys
import tempfile
import zlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

COLUMNS = ["event_id", "ts", "merchant", "country", "currency", "amount", "fee", "status", "note"]
HEADER = "merchant,currency,month,n,gross,fees,mean,std_pop,max_amount,first_ts,last_ts,active_days"

MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
UPPER = re.compile("[A-Z]+", re.ASCII)
ZERO = 0.0


class Unusable(Exception):
    pass


class Group:
    def __init__(self):
        self.count = 0
        self.sum = self.squares = self.fees = ZERO
        self.max = self.first = self.last = None
        self.days = set()

    def add(self, value, fee, ts):
        self.count += 1
        self.sum += value
        self.squares += value * value
        self.fees += fee
        self.max = value if self.max is None else max(self.max, value)
        self.first = ts if self.first is None else min(self.first, ts)
        self.last = ts if self.last is None else max(self.last, ts)
        self.days.add(ts[:10])

    def columns(self):
        mean = self.sum / self.count
        deviation = math.sqrt(max(0.0, self.squares / self.count - mean * mean))
        figures = [money(x) for x in (self.sum, self.fees, mean, deviation, self.max)]
        return [self.count, *figures, self.first, self.last, len(self.days)]


def money(value):
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


@lru_cache(100_000)
def valid_ts(text):
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") == text


def problem(row):
    event_id, ts, _, country, currency, amount, fee, status, note = row
    checks = [
        ("event_id", event_id != ""),
        ("ts", valid_ts(ts)),
        ("country", len(country) == 2 and UPPER.fullmatch(country)),
        ("currency", len(currency) == 3 and UPPER.fullmatch(currency)),
        ("amount", MONEY.fullmatch(amount)),
        ("fee", MONEY.fullmatch(fee)),
        ("status", status in ("settled", "refunded", "pending", "failed")),
        ("note", len(note) <= 200),
    ]
    return next((name for name, good in checks if not good), None)


def rows(path):
    opener = gzip.open if path.name.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            raise Unusable("missing columns: " + ", ".join(missing))
        index = [header.index(name) for name in COLUMNS]
        line = reader.line_num + 1
        for row in reader:
            yield line, [row[i] for i in index]
            line = reader.line_num + 1


def summarise(source, out, errors):
    groups = {}
    with tempfile.TemporaryFile("w+") as bad:
        for line, row in rows(source):
            reason = problem(row)
            if reason:
                bad.write(json.dumps({"line": line, "reason": reason}) + "\n")
                continue
            _, ts, merchant, _, currency, amount, fee, status, _ = row
            if status in ("pending", "failed"):
                continue
            value = float(amount) if status == "settled" else -float(amount)
            groups.setdefault((merchant, currency, ts[:7]), Group()).add(value, float(fee), ts)
        bad.seek(0)
        write(errors, bad)
    table = [HEADER.split(","), *([*key, *group.columns()] for key, group in sorted(groups.items()))]
    temporary = Path(f"{out}.tmp")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
    temporary.replace(out)


def write(path, lines):
    temporary = Path(f"{path}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    temporary.replace(path)


def main():
    parser = argparse.ArgumentParser(prog="ledger")
    parser.add_argument("input", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--errors", type=Path, required=True)
    parser.add_argument("--chunk-rows", type=int)
    options = parser.parse_args()
    try:
        summarise(options.input, options.out, options.errors)
    except (Unusable, OSError, EOFError, UnicodeError, zlib.error, csv.Error) as error:
        print(f"ledger: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
