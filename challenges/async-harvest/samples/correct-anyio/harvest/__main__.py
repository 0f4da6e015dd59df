"""anyio, capacity limiters and httpx."""

import argparse
import json
import signal
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import anyio
import anyio.to_thread
import httpx
import legacy

Json = dict[str, Any]


class Run:
    def __init__(self, options: argparse.Namespace, items: list[Json], out: TextIO) -> None:
        self.options = options
        self.items = items
        self.out = out
        self.done: dict[str, str] = {}
        self.stopped = False

    def report(self, item: Json, status: str, http_status: int | None = None, value: Any = None) -> None:
        self.done[item["id"]] = status
        line = {"id": item["id"], "status": status, "http_status": http_status, "value": value}
        self.out.write(json.dumps(line) + "\n")
        self.out.flush()

    async def main(self) -> None:
        self.places = anyio.CapacityLimiter(self.options.concurrency)
        self.threads = anyio.CapacityLimiter(16)
        origins = {(url := httpx.URL(item["url"])).netloc: url for item in self.items}
        self.origins = {netloc: anyio.CapacityLimiter(self.options.per_origin) for netloc in origins}
        async with anyio.create_task_group() as watch:
            watch.start_soon(self.stop_on_sigterm, watch.cancel_scope)
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=self.options.concurrency)
            with anyio.move_on_after(self.options.deadline):
                async with (
                    httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as client,
                    anyio.create_task_group() as group,
                ):
                    for item in self.items:
                        group.start_soon(self.harvest, client, item)
            watch.cancel_scope.cancel()

    async def stop_on_sigterm(self, scope: anyio.CancelScope) -> None:
        with anyio.open_signal_receiver(signal.SIGTERM) as signals:
            async for _ in signals:
                self.stopped = True
                scope.cancel()

    async def harvest(self, client: httpx.AsyncClient, item: Json) -> None:
        response = None
        async with self.origins[httpx.URL(item["url"]).netloc], self.places:
            try:
                with anyio.fail_after(self.options.timeout):
                    response = await client.get(item["url"])
            except TimeoutError:
                self.report(item, "timeout")
            except httpx.TransportError:
                self.report(item, "net_error")
        if response is None:
            return
        if not response.is_success:
            self.report(item, "http_error", response.status_code)
            return
        try:
            value = await self.parse(item, response.content)
        except ValueError:
            self.report(item, "bad_payload", response.status_code)
        else:
            self.report(item, "ok", response.status_code, value)

    async def parse(self, item: Json, body: bytes) -> Any:
        if item["parser"] == "json":
            return json.loads(body)
        return await anyio.to_thread.run_sync(
            legacy.parse, body, abandon_on_cancel=True, limiter=self.threads
        )


def read(lines: Iterable[str]) -> list[Json]:
    return [json.loads(line) for line in lines if line.strip()]


def main() -> int:
    parser = argparse.ArgumentParser(prog="harvest")
    parser.add_argument("--manifest", type=argparse.FileType("r", encoding="utf-8"), required=True)
    parser.add_argument("--out", type=argparse.FileType("w", encoding="utf-8"), required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--per-origin", type=int, required=True)
    parser.add_argument("--timeout", type=float, required=True)
    parser.add_argument("--deadline", type=float, required=True)
    options = parser.parse_args()

    run = Run(options, read(options.manifest), options.out)
    anyio.run(run.main)
    for item in run.items:
        if item["id"] not in run.done:
            run.report(item, "cancelled")
    options.out.close()
    if run.stopped:
        return 143
    return 0 if all(status == "ok" for status in run.done.values()) else 2


if __name__ == "__main__":
    sys.exit(main())
