"""The command line; `python -m harvest --help` names its options."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from harvest.manifest import Options, load_manifest
from harvest.output import Output
from harvest.run import Harvest

EXIT_ALL_OK = 0
EXIT_SOME_FAILED = 2
EXIT_SIGTERM = 128 + signal.SIGTERM


async def run_until_sigterm(harvest: Harvest) -> bool:
    """Run `harvest` to its end, or until SIGTERM; say whether it came to its end."""
    run = asyncio.create_task(harvest.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, run.cancel)
    try:
        await run
    except asyncio.CancelledError:
        return False
    return True


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
    items = load_manifest(args.manifest)

    with Output(args.out, items) as output:
        finished = asyncio.run(run_until_sigterm(Harvest(items, options, output)))
        output.cancel_the_rest()
    if not finished:
        return EXIT_SIGTERM
    return EXIT_ALL_OK if output.all_ok else EXIT_SOME_FAILED


if __name__ == "__main__":
    sys.exit(main())
