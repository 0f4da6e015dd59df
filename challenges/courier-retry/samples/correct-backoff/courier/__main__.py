"""Command line of the backoff courier."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from courier.delivery import Courier


async def run(courier: Courier) -> bool:
    task = asyncio.ensure_future(courier.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await asyncio.wait([task])
    if task.cancelled():
        return False
    task.result()
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    for name in ("events", "endpoint", "policy", "report"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with open(options.events, encoding="utf-8") as lines:
        events: list[dict[str, Any]] = [json.loads(line) for line in lines]
    policy = json.loads(Path(options.policy).read_text(encoding="utf-8"))

    courier = Courier(events, options.endpoint, policy)
    finished = asyncio.run(run(courier))
    with open(options.report, "w", encoding="utf-8") as out:
        for line in courier.lines:
            out.write(json.dumps(line) + "\n")
    if not finished:
        return 143
    return 0 if all(line["outcome"] == "ok" for line in courier.lines) else 2


if __name__ == "__main__":
    sys.exit(main())
