#!/usr/bin/env python3
"""Whether growth is told apart on this machine, ten times: about half an hour.

    scripts/growth.py [--rounds 10] [--json FILE] [--write] [--takehome PATH]

Each round times three solutions of one task, linear, n log n and quadratic, and two of chunked-ledger: one
that reads a table in chunks and one that puts the chunks together again. The first three are told apart where
the intervals of their exponents do not touch; the other two where memory grows with the rows in one only.
`--write` puts the table into docs/timing.md.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benching.figures import markdown, replaced
from benching.options import parser
from benching.suites import ROOT, Unfit

PAGE = ROOT / "docs/timing.md"
TIMED = ROOT / "tests/fixtures/challenges"
LEDGER = ROOT / "challenges/chunked-ledger"
LAWS = ("linear", "linearithmic", "quadratic")
"""Solutions of the challenge `timed`, by how fast they grow."""
MEMORY = {"correct-pandas-chunks": "bounded", "wrong-concat-of-chunks": "grows"}
"""Samples of chunked-ledger, and what their memory does."""


@dataclass(frozen=True)
class Slope:
    """An exponent with its 95 % interval: 1 is proportional, 2 quadratic."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, found: dict) -> "Slope":
        """As a timing's JSON has it."""
        return cls(float(found["value"]), float(found["from"]), float(found["to"]))


def told_apart(slopes: dict[str, Slope]) -> bool:
    """Whether each law's interval lies wholly above that of the one before."""
    found = [slopes[name] for name in LAWS]
    return all(slower.low > faster.high for faster, slower in itertools.pairwise(found))


def timing(takehome: Path, home: str, *words: object) -> dict:
    """The report of one timing. Raises Unfit."""
    command = [takehome, "--home", home, "-q", *words, "--format", "json"]
    run = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    if run.returncode:
        raise Unfit(f"takehome time ended with {run.returncode}")
    return json.loads(run.stdout)[0]["timings"][0]["report"]


def exponents(takehome: Path, home: str, seed: int) -> dict[str, Slope]:
    """The exponents of the three, less the reference's. Raises Unfit."""
    found = {}
    for name in LAWS:
        report = timing(
            takehome, home, "--challenges", TIMED, "time", TIMED / "timed/solutions" / name,
            "--challenge", "timed", "--plan", "earlier", "--seed", seed,
        )  # fmt: skip
        if report["growth"] is None:
            raise Unfit(f"{name} has no growth: {report['why_no_growth']}")
        found[name] = Slope.of(report["growth"]["difference"])
    return found


def trends(takehome: Path, home: str, seed: int) -> dict[str, tuple[str, float]]:
    """What memory does in the two, and bytes a row. Raises Unfit."""
    found = {}
    for name in MEMORY:
        report = timing(
            takehome, home, "--challenges", ROOT / "challenges", "time", LEDGER / "samples" / name,
            "--challenge", "chunked-ledger", "--seed", seed,
        )  # fmt: skip
        memory = report["memory"]
        if memory is None:
            raise Unfit(f"{name} has no memory: {report['why_no_memory']}")
        found[name] = (memory["trend"]["candidate"], float(memory["bytes_per_element"]["candidate"]))
    return found


def lines(
    exponents_found: list[dict[str, Slope]], trends_found: list[dict[str, tuple[str, float]]]
) -> list[str]:
    """The tables."""
    rows = []
    for name in LAWS:
        values = [one[name].value for one in exponents_found]
        rows.append((name, f"{statistics.median(values):.2f}", f"{min(values):.2f} to {max(values):.2f}"))
    apart = sum(map(told_apart, exponents_found))
    head = ("solution", "exponent less the reference's, median", "least to most")
    text = [f"Machine: {os.cpu_count()} cores.", "", *markdown(head, rows), ""]
    text.append(f"Told apart, with no interval touching the next: {apart} of {len(exponents_found)}.")
    if trends_found:
        rows = []
        for name, truth in MEMORY.items():
            per_row = [one[name][1] for one in trends_found]
            said = sum(one[name][0] == truth for one in trends_found)
            rows.append((name, f"{statistics.median(per_row):.0f}", truth, f"{said} of {len(trends_found)}"))
        text += ["", *markdown(("sample of chunked-ledger", "bytes a row", "memory", "said so"), rows)]
    return text


def main() -> int:
    options_of_all = parser(__doc__, PAGE)
    options_of_all.add_argument("--rounds", type=int, default=10)
    options = options_of_all.parse_args()
    slopes, memory = [], []
    try:
        with tempfile.TemporaryDirectory() as home:
            for number in range(options.rounds):
                slopes.append(exponents(options.takehome, home, options.seed + number))
                memory.append(trends(options.takehome, home, options.seed + number))
                print(f"round {number + 1} of {options.rounds}: {slopes[-1]} {memory[-1]}", file=sys.stderr)
    except Unfit as error:
        print(f"error: {error}\n\nhint: no figure is printed, since this run says nothing", file=sys.stderr)
        return 1
    text = lines(slopes, memory)
    print("\n".join(text))
    if options.json:
        raw = {
            "exponents": [{name: vars(one) for name, one in row.items()} for row in slopes],
            "memory": memory,
        }
        options.json.write_text(json.dumps(raw), encoding="utf-8")
    if options.write:
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), "growth", text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
