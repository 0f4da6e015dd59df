"""A parser that blocks does not hold up the downloads.

The clock of this group is the parser's own: the judge's copy blocks for 2.5 s. Eight legacy bodies are
delivered, a moment later all other answers, which were held back. A harvest whose loop is in the parser
cannot take them up before that parser returns; any other has 1.9 s for a few round trips on loopback.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

import legacy
import pytest
from support import (
    HOLD_S,
    Entry,
    Run,
    Site,
    assert_for_one,
    closed_gate,
    finish,
    held,
    rng_for,
    run_until_right,
    start,
    wait_while_busy,
)

pytestmark = pytest.mark.group("loop")

LIMIT = 16
LEGACY = 8
OTHERS = 48
INTO_PARSER_S = 0.3
"""From the last legacy body to the other answers: by then a blocking loop is in the parser."""

MARGIN_S = 0.3
ALL_IN_TURN_S = LEGACY * legacy.BLOCKS_S
"""What a single thread needs for all of them."""


@dataclass(frozen=True)
class Mixed:
    run: Run
    legacy: list[Entry]
    others: list[Entry]
    origin: Any
    delivered: bool
    arrived_before: int
    arrived_meanwhile: int
    took_s: float
    """From the first legacy body to the end of the process."""

    def assert_downloads_go_on(self) -> None:
        assert self.delivered, "the legacy bodies were not all fetched"
        if self.arrived_before == LEGACY + OTHERS:
            # More were in flight than allowed, which is another group's affair: only the end can tell.
            assert self.took_s < ALL_IN_TURN_S * 0.75, "the parsers ran one after the other"
        else:
            assert self.arrived_meanwhile >= LIMIT - LEGACY, (
                f"{self.arrived_meanwhile} new requests while the parser was at work"
            )

    def assert_values(self) -> None:
        self.run.assert_ok(self.legacy + self.others)


def legacy_entry(site: Site, origin: Any, number: int) -> Entry:
    fields = {f"k{site.rng.getrandbits(16):x}": f"v-{site.rng.getrandbits(32)}" for _ in range(4)}
    fields["né"] = "Größe"
    body = legacy.MAGIC + ";".join(f"{key}={value}" for key, value in fields.items())
    entry = site.entry(origin, f"old{number}", lambda e, _: e.reply(200, body), fields)
    return replace(entry, parser="legacy")


@pytest.fixture(scope="module")
def mixed(sandbox, make_origin, seed) -> list[Mixed]:
    sites = (Site(rng_for(seed, f"loop {attempt}")) for attempt in range(2))
    runs = (run_mixed(sandbox, make_origin, site) for site in sites)
    return run_until_right(runs, Mixed.assert_downloads_go_on, Mixed.assert_values)


def run_mixed(sandbox: Any, make_origin: Any, site: Site) -> Mixed:
    gate = closed_gate()
    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        old = [legacy_entry(site, origin, number) for number in range(LEGACY)]
        others = site.entries(origin, OTHERS, held(gate))
        paths = {"/" + entry.url.split("/", 3)[3] for entry in old}

        def bodies() -> list[float]:
            return [e.answered for e in origin.log if e.path in paths and e.answered is not None]

        process = start(solution, old + others, concurrency=LIMIT, per_origin=LIMIT)
        delivered = wait_while_busy(process, [origin], lambda: len(bodies()) >= LEGACY)
        last = max(bodies(), default=time.monotonic())
        time.sleep(max(0.0, last + INTO_PARSER_S - time.monotonic()))
        before = len(origin.log)
        gate.open()
        end = last + legacy.BLOCKS_S - MARGIN_S
        while time.monotonic() < end and len(origin.log) - before < LIMIT - LEGACY:
            origin.wait_change(max(0.0, min(0.05, end - time.monotonic())))
        meanwhile = sum(exchange.arrived <= end for exchange in origin.log[before:])
        run = finish(solution, process, old + others, min(HOLD_S, ALL_IN_TURN_S + 20))
    took_s = run.ended - min(bodies(), default=0.0)
    return Mixed(run, old, others, origin, delivered, before, meanwhile, took_s)


def test_downloads_go_on_while_legacy_bodies_are_parsed(mixed: list[Mixed]) -> None:
    assert_for_one(mixed, Mixed.assert_downloads_go_on)


def test_values_of_both_parsers_are_right(mixed: list[Mixed]) -> None:
    assert_for_one(mixed, Mixed.assert_values)
