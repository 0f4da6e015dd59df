"""Coroutines on the outside, requests on the inside."""

import argparse
import asyncio
import json
import signal
import sys
import time
from typing import Any

import legacy
import requests

Json = dict[str, Any]


class Harvest:
    def __init__(self, options: argparse.Namespace, items: list[Json]) -> None:
        self.options = options
        self.items = items
        self.statuses: dict[str, str] = {}
        self.session = requests.Session()
        self.session.trust_env = False
        self.out = open(options.out, "w", encoding="utf-8", buffering=1)

    def report(self, item: Json, status: str, http_status: int | None = None, value: Any = None) -> None:
        self.statuses[item["id"]] = status
        line = {"id": item["id"], "status": status, "http_status": http_status, "value": value}
        self.out.write(json.dumps(line) + "\n")

    async def run(self) -> None:
        self.ends_at = time.monotonic() + self.options.deadline
        places = asyncio.Semaphore(self.options.concurrency)

        async def bounded(item: Json) -> None:
            async with places:
                await self.harvest(item)

        await asyncio.gather(*(bounded(item) for item in self.items))

    async def harvest(self, item: Json) -> None:
        now = time.monotonic()
        cut_at = min(now + self.options.timeout, self.ends_at)
        if cut_at <= now:
            return
        try:
            status, body = self.get(item["url"], cut_at)
        except (requests.Timeout, TimeoutError):
            if cut_at < self.ends_at:
                self.report(item, "timeout")
            return
        except requests.RequestException as error:
            # A read that times out in the middle of a body is a ConnectionError to requests.
            if "timed out" not in str(error):
                self.report(item, "net_error")
            elif cut_at < self.ends_at:
                self.report(item, "timeout")
            return
        if not 200 <= status < 300:
            self.report(item, "http_error", status)
            return
        try:
            value = legacy.parse(body) if item["parser"] == "legacy" else json.loads(body)
        except ValueError:
            self.report(item, "bad_payload", status)
        else:
            self.report(item, "ok", status, value)

    def get(self, url: str, cut_at: float) -> tuple[int, bytes]:
        left = cut_at - time.monotonic()
        body = b""
        with self.session.get(url, stream=True, allow_redirects=False, timeout=left) as response:
            for chunk in response.iter_content(1):
                body += chunk
                if time.monotonic() >= cut_at:
                    raise TimeoutError
        return response.status_code, body


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

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    harvest = Harvest(options, items)
    try:
        asyncio.run(harvest.run())
    finally:
        for item in items:
            if item["id"] not in harvest.statuses:
                harvest.report(item, "cancelled")
        harvest.out.close()
    return 0 if all(status == "ok" for status in harvest.statuses.values()) else 2


if __name__ == "__main__":
    sys.exit(main())
