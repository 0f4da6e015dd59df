"""The makespan of a run: `size` downloads from two origins that take as long as the draw says.

Nobody can be faster than the work of an origin shared by its M places, or all work shared by N places.
"""

import random
from typing import Any

from support import FIRST_CONTACT_S, Entry, Site, answer, finish, start
from takehome_pytest.origin import Origin
from takehome_pytest.timing import Timed

CONCURRENCY = 12
PER_ORIGIN = 8
ORIGINS = 2
LEAST_S, MOST_S = 0.02, 0.1


def run(solution: Any, rng: random.Random, size: int) -> Timed:
    """One run over `size` lines, by turns of the one origin and the other."""
    site = Site(rng)
    with Origin(site.handle) as first, Origin(site.handle) as second:
        entries, busy_s = [], [0.0] * ORIGINS
        for index in range(size):
            takes_s = rng.uniform(LEAST_S, MOST_S)
            busy_s[index % ORIGINS] += takes_s
            entries.append(slow(site, (first, second)[index % ORIGINS], f"doc{index}", takes_s))
        process = start(solution, entries, concurrency=CONCURRENCY, per_origin=PER_ORIGIN)
        done = finish(solution, process, entries, FIRST_CONTACT_S)
        completed = process.wait(check=True)
    done.assert_ok(entries)
    assert done.exit_code == 0, f"exit code {done.exit_code}"
    for origin in (first, second):
        assert origin.max_in_flight <= PER_ORIGIN, "more requests at once than an origin allows"
    ideal_s = max(max(busy_s) / PER_ORIGIN, sum(busy_s) / CONCURRENCY)
    return Timed(completed, ideal_s)


def slow(site: Site, origin: Origin, name: str, takes_s: float) -> Entry:
    """An entry whose answer comes after that many seconds."""

    def plan(exchange: Any, value: Any) -> None:
        exchange.delay(takes_s)
        answer(exchange, value)

    return site.entry(origin, name, plan)
