#!/usr/bin/env python3
"""How far apart repeated measurements of the same code are: `takehome time` beside hyperfine, in one run.

    scripts/timing_bench.py [--rounds 10] [--idle] [--json FILE] [--write] [--takehome PATH]

Each round measures one pair of identical programs twice, in an order that is drawn anew: by the self-check of
`takehome time`, and by hyperfine, which is given as many runs as take as long. What is compared is the
ratio of the two programs; the truth is 1. Every core is kept busy meanwhile, `--idle` leaves the machine
alone. `--write` puts the table into docs/timing.md.
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benching.figures import markdown, replaced
from benching.options import parser as options_of_all
from benching.suites import ROOT, Unfit

PAGE = ROOT / "docs/timing.md"
STEPS = 1_000_000
PROGRAM = f"""
at = 7
for _ in range({STEPS}):
    at = (at * 1_103_515_245 + 12_345) % 2_147_483_648
print(at)
"""


@dataclass(frozen=True)
class Round:
    """What each found in one round: the ratio of the two programs, and how long it took, seconds."""

    takehome: float
    takehome_s: float
    hyperfine_mean: float
    hyperfine_median: float
    hyperfine_s: float


class Load:
    """A busy process for each core, until it is closed."""

    def __init__(self, cores: int) -> None:
        self._processes = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(cores)]
        for process in self._processes:
            process.start()

    def close(self) -> None:
        """End them."""
        for process in self._processes:
            process.kill()
            process.join()


def _spin() -> None:
    while True:
        pass


def by_takehome(takehome: Path, home: Path, seed: int) -> tuple[float, float]:
    """One trial on identical code: its ratio, and how long it took with all that belongs to it, seconds."""
    command = [takehome, "--home", home, "time", "--self-check", "--idle", "--of", "0", "--trials", "1"]
    begun = time.monotonic()
    run = subprocess.run(
        [*command, "--seed", str(seed), "--format", "json", "--quiet"], capture_output=True, text=True
    )
    took = time.monotonic() - begun
    if run.returncode not in (0, 1):
        raise Unfit(f"takehome time ended with {run.returncode}: {run.stderr.strip()}")
    trials = json.loads(run.stdout)["checked"][0]["trials"]
    ratios = [trial["ratio"]["value"] for trial in trials if trial["ratio"]]
    if not ratios:
        raise Unfit("takehome time gave no ratio")
    return ratios[0], took


def by_hyperfine(folder: Path, seconds: float) -> tuple[float, float, float]:
    """The ratios of means and of medians of two identical programs, and how long that took, seconds."""
    commands = [f"{sys.executable} -I {folder / name}" for name in ("a.py", "b.py")]
    once = min(_seconds(command) for command in commands for _ in range(3))
    runs = max(2, round(seconds / 2 / once))
    out = folder / "hyperfine.json"
    begun = time.monotonic()
    options = ["--shell=none", "--style", "none", "--warmup", "1", "--runs", str(runs)]
    command = ["hyperfine", *options, "--export-json", str(out), *commands]
    run = subprocess.run(command, capture_output=True, text=True)
    took = time.monotonic() - begun
    if run.returncode != 0:
        raise Unfit(f"hyperfine ended with {run.returncode}: {run.stderr.strip()}")
    a, b = json.loads(out.read_text(encoding="utf-8"))["results"]
    return b["mean"] / a["mean"], b["median"] / a["median"], took


def _seconds(command: str) -> float:
    begun = time.monotonic()
    subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def spread(ratios: list[float]) -> float:
    """The standard deviation of the ratios' logarithms, which is the relative one."""
    return statistics.stdev(math.log(ratio) for ratio in ratios)


def measured(options: argparse.Namespace) -> list[Round]:
    """All rounds. Raises Unfit."""
    draw = random.Random(options.seed)
    rounds: list[Round] = []
    load = None if options.idle else Load(os.cpu_count() or 1)
    try:
        with tempfile.TemporaryDirectory(prefix="takehome-timing-bench-") as scratch:
            folder = Path(scratch)
            for name in ("a.py", "b.py"):
                (folder / name).write_text(PROGRAM, encoding="utf-8")
            home = folder / "home"
            by_takehome(options.takehome, home, 0)  # images are built, caches are warm
            _, seconds = by_takehome(options.takehome, home, 1)
            for number in range(options.rounds):
                found: dict[str, tuple[float, ...]] = {}
                ways = ["takehome", "hyperfine"]
                draw.shuffle(ways)
                for way in ways:
                    if way == "takehome":
                        found[way] = by_takehome(options.takehome, home, draw.randrange(2**32))
                        seconds = found[way][1]
                    else:
                        found[way] = by_hyperfine(folder, seconds)
                rounds.append(Round(*found["takehome"], *found["hyperfine"]))
                print(f"round {number + 1} of {options.rounds}: {asdict(rounds[-1])}", file=sys.stderr)
    finally:
        if load is not None:
            load.close()
    return rounds


def lines(rounds: list[Round], idle: bool) -> list[str]:
    """The table, and by how much one is less spread than the other."""
    rows = []
    found = {}
    for name, ratios, seconds in (
        ("`takehome time`", [one.takehome for one in rounds], [one.takehome_s for one in rounds]),
        ("hyperfine, means", [one.hyperfine_mean for one in rounds], [one.hyperfine_s for one in rounds]),
        ("hyperfine, medians", [one.hyperfine_median for one in rounds], [one.hyperfine_s for one in rounds]),
    ):
        found[name] = spread(ratios)
        rows.append(
            (
                name,
                f"{100 * found[name]:.2f} %",
                f"{min(ratios):.3f} to {max(ratios):.3f}",
                f"{statistics.median(seconds):.1f}",
                str(len(ratios)),
            )
        )
    head = ("identical code", "spread of the ratio", "least to most", "seconds each", "rounds")
    ours = found["`takehome time`"]
    state = "idle" if idle else "every core busy"
    others = [name for name in found if name.startswith("hyperfine")]
    times = ", ".join(f"{found[name] / ours:.1f} times ({name})" for name in others)
    said = f"hyperfine's spread is {times} that of `takehome time`."
    return [f"Machine: {os.cpu_count()} cores, {state}.", "", *markdown(head, rows), "", said]


def main() -> int:
    parser = options_of_all(__doc__, PAGE)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--idle", action="store_true", help="leave the machine alone meanwhile")
    options = parser.parse_args()
    if shutil.which("hyperfine") is None:
        print("error: hyperfine is missing\n\nhint: apt-get install hyperfine", file=sys.stderr)
        return 1
    try:
        rounds = measured(options)
    except Unfit as error:
        print(f"error: {error}\n\nhint: no figure is printed, since this run says nothing", file=sys.stderr)
        return 1
    table = lines(rounds, options.idle)
    print("\n".join(table))
    if options.json:
        text = json.dumps([asdict(one) for one in rounds], indent=1)
        options.json.write_text(text, encoding="utf-8")
    if options.write:
        marker = "hyperfine-idle" if options.idle else "hyperfine"
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), marker, table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
