"""Fetch everything: each origin has a queue and at most M workers, all workers share N places."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence

import aiohttp

from harvest.fetch import Body, fetch, new_session
from harvest.manifest import Item, Options
from harvest.output import Output
from harvest.parsing import Parsers


class Harvest:
    """One run over a manifest. Whatever ends it, each finished item has its record in `output`."""

    def __init__(self, items: Sequence[Item], options: Options, output: Output) -> None:
        self._items = items
        self._options = options
        self._output = output

    async def run(self) -> None:
        """Return when all is done or the deadline is over; items without a record are left to the caller."""
        # The workers of an origin keep its limit M by their number. They ask for one of the N places only
        # when they could start, so a busy origin takes no place from the others.
        self._places = asyncio.Semaphore(self._options.concurrency)
        self._parsers = Parsers()
        try:
            async with (
                new_session() as session,
                asyncio.timeout(self._options.deadline_s),
                asyncio.TaskGroup() as workers,
            ):
                for of_origin in self._by_origin():
                    queue = iter(of_origin)
                    for _ in range(min(self._options.per_origin, len(of_origin))):
                        workers.create_task(self._work(session, queue))
        except TimeoutError:
            pass
        finally:
            self._parsers.close()

    def _by_origin(self) -> list[list[Item]]:
        groups = defaultdict(list)
        for item in self._items:
            groups[item.origin].append(item)
        return list(groups.values())

    async def _work(self, session: aiohttp.ClientSession, queue: Iterator[Item]) -> None:
        for item in queue:
            async with self._places:
                result = await fetch(session, item.url, self._options.timeout_s)
            # The place is free again; the worker is not, so unparsed bodies cannot pile up.
            if isinstance(result, Body):
                result = await self._parsers.parse(item, result)
            self._output.write(item.id, result)
