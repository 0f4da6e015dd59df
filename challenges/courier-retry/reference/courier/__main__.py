"""The command line: python -m courier --events EVENTS --endpoint URL --policy POLICY --report REPORT"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from courier.delivery import Courier
from courier.inputs import load_events, load_policy
from courier.report import Outcome, Record, write_report

EXIT_ALL_OK = 0
EXIT_SOME_FAILED = 2
EXIT_SIGTERM = 128 + signal.SIGTERM


async def deliver(courier: Courier) -> bool:
    """Run `courier` to its end, or until SIGTERM; say whether it came to its end."""
    run = asyncio.create_task(courier.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, run.cancel)
    try:
        await run
    except asyncio.CancelledError:
        return False
    return True


def exit_code(finished: bool, records: list[Record]) -> int:
    if not finished:
        return EXIT_SIGTERM
    return EXIT_ALL_OK if all(r.outcome is Outcome.OK for r in records) else EXIT_SOME_FAILED


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    parser.add_argument("--events", type=Path, required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    options = parser.parse_args()

    courier = Courier(load_events(options.events), options.endpoint, load_policy(options.policy))
    finished = asyncio.run(deliver(courier))
    write_report(options.report, courier.records)
    return exit_code(finished, courier.records)


if __name__ == "__main__":
    sys.exit(main())
