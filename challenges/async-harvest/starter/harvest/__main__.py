"""The command line; `python -m harvest --help` names its options."""

import argparse
import sys
from pathlib import Path

from harvest.manifest import Options, load_manifest
from harvest.run import harvest


def main() -> int:
    parser = argparse.ArgumentParser(prog="harvest")
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--per-origin", type=int, required=True)
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("--deadline", type=float, required=True)
    args = parser.parse_args()
    options = Options(args.concurrency, args.per_origin, args.timeout, args.deadline)
    return harvest(load_manifest(args.manifest), options, args.out)


if __name__ == "__main__":
    sys.exit(main())
