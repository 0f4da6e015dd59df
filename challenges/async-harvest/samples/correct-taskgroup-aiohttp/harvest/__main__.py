"""asyncio.TaskGroup, aiohttp, and a pool of N workers that share one schedule."""

import argparse
import asyncio
import json
import signal
import sys
from collections import Counter
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import legacy
from yarl import URL

Json = dict[str, Any]


class Schedule:
    """Hands out the next item whose origin is not busy."""

    def __init__(self, items: list[Json], per_origin: int) -> None:
        self.waiting = list(items)
        self.per_origin = per_origin
        self.busy: Counter[URL] = Counter()
        self.changed = asyncio.Condition()

    @asynccontextmanager
    async def next_item(self):
        """An item for the time of the block; None when there is none left."""
        async with self.changed:
            await self.changed.wait_for(lambda: not self.waiting or self.first_ready() is not None)
            item = self.waiting.pop(self.first_ready()) if self.waiting else None
        if item is None:
            yield None
            return
        origin = URL(item["url"]).origin()
        self.busy[origin] += 1
        try:
            yield item
        finally:
            self.busy[origin] -= 1
            async with self.changed:
                self.changed.notify_all()

    def first_ready(self) -> int | None:
        for index, item in enumerate(self.waiting):
            if self.busy[URL(item["url"]).origin()] < self.per_origin:
                return index
        return None


class Harvester:
    def __init__(self, options: argparse.Namespace, items: list[Json]) -> None:
        self.options = options
        self.items = items
        self.statuses: dict[str, str] = {}
        self.parsing: set[asyncio.Task[None]] = set()
        self.out = open(options.out, "w", encoding="utf-8", buffering=1)

    def record(self, item: Json, status: str, http_status: int | None = None, value: Any = None) -> None:
        self.statuses[item["id"]] = status
        line = {"id": item["id"], "status": status, "http_status": http_status, "value": value}
        self.out.write(json.dumps(line) + "\n")

    def finish(self) -> None:
        for item in self.items:
            if item["id"] not in self.statuses:
                self.record(item, "cancelled")
        self.out.close()

    async def run(self) -> None:
        schedule = Schedule(self.items, self.options.per_origin)
        timeout = aiohttp.ClientTimeout(total=self.options.timeout)
        connector = aiohttp.TCPConnector(limit=0)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
                asyncio.timeout(self.options.deadline),
                asyncio.TaskGroup() as group,
            ):
                for _ in range(min(self.options.concurrency, len(self.items))):
                    group.create_task(self.work(session, schedule, group))
        except TimeoutError:
            pass

    async def work(
        self, session: aiohttp.ClientSession, schedule: Schedule, group: asyncio.TaskGroup
    ) -> None:
        while True:
            async with schedule.next_item() as item:
                if item is None:
                    return
                answer = await self.fetch(session, item)
            if answer is not None:
                group.create_task(self.parse(item, *answer))

    async def fetch(self, session: aiohttp.ClientSession, item: Json) -> tuple[int, bytes] | None:
        try:
            async with session.get(item["url"], allow_redirects=False) as response:
                body = await response.read()
        except TimeoutError:
            self.record(item, "timeout")
            return None
        except aiohttp.ClientError:
            self.record(item, "net_error")
            return None
        if response.ok and response.status < 300:
            return response.status, body
        self.record(item, "http_error", response.status)
        return None

    async def parse(self, item: Json, status: int, body: bytes) -> None:
        try:
            if item["parser"] == "legacy":
                value = await asyncio.to_thread(legacy.parse, body)
            else:
                value = json.loads(body.decode())
        except ValueError:
            self.record(item, "bad_payload", status)
        else:
            self.record(item, "ok", status, value)


async def run_or_stop(harvester: Harvester) -> bool:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    run = asyncio.create_task(harvester.run())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((run, stopped), return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        run.cancel()
        await asyncio.wait((run,))
        return False
    await run
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="harvest")
    for name in ("--manifest", "--out"):
        parser.add_argument(name, required=True)
    for name in ("--concurrency", "--per-origin"):
        parser.add_argument(name, type=int, required=True)
    for name in ("--timeout", "--deadline"):
        parser.add_argument(name, type=float, required=True)
    options = parser.parse_args()
    with open(options.manifest, encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]

    harvester = Harvester(options, items)
    completed = asyncio.run(run_or_stop(harvester))
    harvester.finish()
    if not completed:
        return 143
    return 0 if set(harvester.statuses.values()) <= {"ok"} else 2


if __name__ == "__main__":
    sys.exit(main())
