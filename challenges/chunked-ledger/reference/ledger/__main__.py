"""The command line: python -m ledger INPUT --out OUT --errors ERRORS [--chunk-rows N]"""

import argparse
import json
import sys
from pathlib import Path

from ledger.output import replacing, write_totals
from ledger.records import InputUnusable, read_records
from ledger.rules import BadRow, parse
from ledger.totals import Totals


def main() -> int:
    options = parse_arguments()
    try:
        summarise(options.input, options.out, options.errors)
    except (InputUnusable, OSError) as error:
        print(f"ledger: {error}", file=sys.stderr)
        return 2
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ledger")
    parser.add_argument("input", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--errors", type=Path, required=True)
    parser.add_argument("--chunk-rows", type=int, help="accepted and not needed: rows are taken one by one")
    return parser.parse_args()


def summarise(source: Path, out: Path, errors: Path) -> None:
    """Read `source` once and write both files; neither is touched unless all went well."""
    totals = Totals()
    with replacing(out) as out_file, replacing(errors) as errors_file:
        for line, record in read_records(source):
            try:
                entry = parse(record)
            except BadRow as bad:
                errors_file.write(json.dumps({"line": line, "reason": bad.reason}) + "\n")
                continue
            if entry.counts:
                totals.add(entry)
        write_totals(totals, out_file)


if __name__ == "__main__":
    sys.exit(main())
