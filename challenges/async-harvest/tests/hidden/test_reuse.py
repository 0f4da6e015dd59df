"""Connections are used again."""

import pytest
from support import (
    SETTLE_S,
    Site,
    closed_gate,
    finish,
    held,
    rng_for,
    start,
    wait_until_quiet,
)

pytestmark = pytest.mark.group("reuse")

LIMIT = 4
LINES = 60
SPARE = 1


def test_no_more_connections_are_opened_than_requests_are_in_flight(sandbox, make_origin, seed) -> None:
    """Held against what was really in flight: to exceed the limit is another group's affair.

    The first answers wait until no more requests come, for a harvest without any limit needs a connection for
    each of them. There is one origin only: httpcore 1.0 closes idle connections when idle and active ones
    together exceed its keep-alive limit, so that a sound harvest of two origins may lose all reuse by it.
    """
    site = Site(rng_for(seed, "reuse"))
    gate = closed_gate()
    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        entries = site.entries(origin, LINES, held(gate))
        process = start(solution, entries, concurrency=LIMIT, per_origin=LIMIT)
        wait_until_quiet(process, [origin], 2 * SETTLE_S)
        gate.open()
        run = finish(solution, process, entries)
    assert len(origin.log) == LINES
    allowed = max(LIMIT, origin.max_in_flight) + SPARE
    assert origin.connections <= allowed, f"{origin.connections} connections for {LINES} requests"
    run.assert_ok(entries)
