"""From bytes to values, without holding up the event loop."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import legacy

from harvest.fetch import Body
from harvest.manifest import Item
from harvest.output import Outcome, Status

LEGACY_THREADS = 8


class Parsers:
    """`legacy.parse` blocks its thread, so it gets threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LEGACY_THREADS, thread_name_prefix="legacy")

    def close(self) -> None:
        """Drop what waits; a call that runs cannot be interrupted, and ends by itself soon."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def parse(self, item: Item, body: Body) -> Outcome:
        try:
            value = await self._value(item, body.data)
        except (ValueError, RecursionError):
            return Outcome(Status.BAD_PAYLOAD, body.http_status)
        return Outcome(Status.OK, body.http_status, value)

    async def _value(self, item: Item, data: bytes) -> Any:
        if item.parser == "json":
            return json.loads(data.decode("utf-8"))
        return await asyncio.get_running_loop().run_in_executor(self._threads, legacy.parse, data)
