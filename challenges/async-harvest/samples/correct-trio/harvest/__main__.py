"""trio, a nursery with a producer, and httpx."""

import json
import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter, deque
from typing import Any

import httpx
import legacy
import trio

Json = dict[str, Any]


class Output:
    """Writes whole lines, unbuffered; knows who has none yet."""

    def __init__(self, path: str, ids: list[str]) -> None:
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        self.open_ids = set(ids)
        self.failures = 0

    def add(self, item_id: str, status: str, http_status: int | None = None, value: Any = None) -> None:
        self.open_ids.remove(item_id)
        self.failures += status != "ok"
        line = json.dumps({"id": item_id, "status": status, "http_status": http_status, "value": value})
        data = memoryview(line.encode() + b"\n")
        while data:
            data = data[os.write(self.descriptor, data) :]

    def close(self) -> None:
        for item_id in sorted(self.open_ids):
            self.add(item_id, "cancelled")
        os.close(self.descriptor)


class Dispatcher:
    """Starts a task for each item, as soon as both limits allow it."""

    def __init__(self, options: Namespace, items: list[Json], output: Output) -> None:
        self.options = options
        self.output = output
        self.queues: dict[bytes, deque[Json]] = {}
        for item in items:
            self.queues.setdefault(httpx.URL(item["url"]).netloc, deque()).append(item)
        self.busy: Counter[bytes] = Counter()
        self.freed = trio.Event()

    async def run(self, client: httpx.AsyncClient) -> None:
        async with trio.open_nursery() as nursery:
            while any(self.queues.values()):
                origin = self.ready_origin()
                if origin is None:
                    self.freed = trio.Event()
                    await self.freed.wait()
                    continue
                self.busy[origin] += 1
                nursery.start_soon(self.handle, client, origin, self.queues[origin].popleft())

    def ready_origin(self) -> bytes | None:
        if self.busy.total() >= self.options.concurrency:
            return None
        ready = [o for o, queue in self.queues.items() if queue and self.busy[o] < self.options.per_origin]
        return min(ready, key=lambda origin: self.busy[origin], default=None)

    async def handle(self, client: httpx.AsyncClient, origin: bytes, item: Json) -> None:
        try:
            response = await self.fetch(client, item)
        finally:
            self.busy[origin] -= 1
            self.freed.set()
        if response is not None:
            await self.parse(item, response)

    async def fetch(self, client: httpx.AsyncClient, item: Json) -> httpx.Response | None:
        try:
            with trio.fail_after(self.options.timeout):
                response = await client.get(item["url"])
        except trio.TooSlowError:
            self.output.add(item["id"], "timeout")
            return None
        except httpx.TransportError:
            self.output.add(item["id"], "net_error")
            return None
        if response.is_success:
            return response
        self.output.add(item["id"], "http_error", response.status_code)
        return None

    async def parse(self, item: Json, response: httpx.Response) -> None:
        try:
            if item["parser"] == "legacy":
                value = await trio.to_thread.run_sync(legacy.parse, response.content, abandon_on_cancel=True)
            else:
                value = json.loads(response.content)
        except ValueError:
            self.output.add(item["id"], "bad_payload", response.status_code)
        else:
            self.output.add(item["id"], "ok", response.status_code, value)


async def harvest(options: Namespace, items: list[Json], output: Output) -> bool:
    """Run; say whether SIGTERM ended it."""
    stopped = False
    with trio.open_signal_receiver(signal.SIGTERM) as signals:
        async with trio.open_nursery() as nursery:

            async def watch() -> None:
                nonlocal stopped
                async for _ in signals:
                    stopped = True
                    nursery.cancel_scope.cancel()

            nursery.start_soon(watch)
            with trio.move_on_after(options.deadline):
                limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
                async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as client:
                    await Dispatcher(options, items, output).run(client)
            nursery.cancel_scope.cancel()
    return stopped


def main() -> int:
    parser = ArgumentParser(prog="harvest")
    for name, kind in {
        "manifest": str,
        "out": str,
        "concurrency": int,
        "per-origin": int,
        "timeout": float,
        "deadline": float,
    }.items():
        parser.add_argument(f"--{name}", type=kind, required=True)
    options = parser.parse_args()
    with open(options.manifest, encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    output = Output(options.out, [item["id"] for item in items])
    stopped = trio.run(harvest, options, items, output)
    output.close()
    if stopped:
        return 143
    return 2 if output.failures else 0


if __name__ == "__main__":
    sys.exit(main())
