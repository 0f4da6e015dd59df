"""The command line: python -m ledger INPUT --out OUT --errors ERRORS [--chunk-rows N]"""

import argparse
import sys
from pathlib import Path

from ledger.summary import summarise


def main() -> int:
    parser = argparse.ArgumentParser(prog="ledger")
    parser.add_argument("input", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--errors", type=Path, required=True)
    parser.add_argument("--chunk-rows", type=int)
    options = parser.parse_args()
    return summarise(options.input, options.out, options.errors, options.chunk_rows)


if __name__ == "__main__":
    sys.exit(main())
