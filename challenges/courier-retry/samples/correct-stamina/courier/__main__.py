"""Command line of the stamina courier."""

import argparse
import json
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from courier.delivery import Courier


async def run(courier: Courier) -> bool:
    """Deliver until done or until SIGTERM; False for SIGTERM."""
    terminated = False

    async def watch(scope: anyio.CancelScope) -> None:
        nonlocal terminated
        with anyio.open_signal_receiver(signal.SIGTERM) as signals:
            async for _ in signals:
                terminated = True
                scope.cancel()
                return

    async with anyio.create_task_group() as group:
        group.start_soon(partial(watch, group.cancel_scope))
        await courier.run()
        group.cancel_scope.cancel()
    return not terminated


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    for name in ("events", "endpoint", "policy", "report"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with open(options.events, encoding="utf-8") as lines:
        events: list[dict[str, Any]] = [json.loads(line) for line in lines]
    policy = json.loads(Path(options.policy).read_text(encoding="utf-8"))

    courier = Courier(events, options.endpoint, policy)
    finished = anyio.run(run, courier, backend="trio")
    with open(options.report, "w", encoding="utf-8") as out:
        for line in courier.lines:
            out.write(json.dumps(line) + "\n")
    if not finished:
        return 143
    return 0 if all(line["outcome"] == "ok" for line in courier.lines) else 2


if __name__ == "__main__":
    sys.exit(main())
