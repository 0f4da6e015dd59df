"""gather for N downloads, then for the next N."""

import argparse
import asyncio
import json
import signal
import sys
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

import httpx
import legacy

Json = dict[str, Any]


class Writer:
    """One record for each item, written as it comes."""

    def __init__(self, path: str, items: list[Json]) -> None:
        self.out = open(path, "w", encoding="utf-8")
        self.missing = [item["id"] for item in items]
        self.all_ok = True

    def write(self, item: Json, status: str, http_status: int | None = None, value: Any = None) -> None:
        self.missing.remove(item["id"])
        self.record(item["id"], status, http_status, value)
        self.out.flush()

    def record(self, item_id: str, status: str, http_status: int | None = None, value: Any = None) -> None:
        self.all_ok = self.all_ok and status == "ok"
        record = {"id": item_id, "status": status, "http_status": http_status, "value": value}
        self.out.write(json.dumps(record) + "\n")

    def close(self) -> None:
        for item_id in self.missing:
            self.record(item_id, "cancelled")
        self.out.close()


class Harvest:
    def __init__(self, items: list[Json], options: argparse.Namespace) -> None:
        self.items = items
        self.options = options
        self.writer = Writer(options.out, items)

    async def run(self) -> None:
        self.origins = defaultdict(lambda: asyncio.Semaphore(self.options.per_origin))
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=self.options.concurrency)
        async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as client:
            try:
                async with asyncio.timeout(self.options.deadline):
                    await self.harvest_all(client)
            except TimeoutError:
                pass

    async def harvest_all(self, client: httpx.AsyncClient) -> None:
        self.parsing: list[asyncio.Task[None]] = []
        for start in range(0, len(self.items), self.options.concurrency):
            chunk = self.items[start : start + self.options.concurrency]
            await asyncio.gather(*(self.harvest_one(client, item) for item in chunk))
        await asyncio.gather(*self.parsing)

    async def harvest_one(self, client: httpx.AsyncClient, item: Json) -> None:
        async with self.origins[urlsplit(item["url"]).netloc]:
            response = await self.fetch(client, item)
        if response is not None:
            self.parsing.append(asyncio.create_task(self.parse(item, response)))

    async def fetch(self, client: httpx.AsyncClient, item: Json) -> httpx.Response | None:
        try:
            async with asyncio.timeout(self.options.timeout):
                response = await client.get(item["url"])
        except TimeoutError:
            self.writer.write(item, "timeout")
        except httpx.HTTPError:
            self.writer.write(item, "net_error")
        else:
            if response.is_success:
                return response
            self.writer.write(item, "http_error", response.status_code)
        return None

    async def parse(self, item: Json, response: httpx.Response) -> None:
        try:
            if item["parser"] == "legacy":
                value = await asyncio.to_thread(legacy.parse, response.content)
            else:
                value = json.loads(response.content)
        except ValueError:
            self.writer.write(item, "bad_payload", response.status_code)
        else:
            self.writer.write(item, "ok", response.status_code, value)


async def run_until_sigterm(harvest: Harvest) -> bool:
    run = asyncio.create_task(harvest.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, run.cancel)
    try:
        await run
    except asyncio.CancelledError:
        return False
    return True


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="harvest")
    parser.add_argument("--manifest", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--per-origin", type=int, required=True)
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("--deadline", type=float, required=True)
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    with open(options.manifest, encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    harvest = Harvest(items, options)
    finished = asyncio.run(run_until_sigterm(harvest))
    harvest.writer.close()
    if not finished:
        return 143
    return 0 if harvest.writer.all_ok else 2


if __name__ == "__main__":
    sys.exit(main())
