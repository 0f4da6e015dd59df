#!/usr/bin/env python3
"""Kill a batch of gradings with SIGKILL at random moments until it is done; compare with an undisturbed run.

    scripts/kills.py [--count 50] [--kills 25] [--longest 4] [--seed 1] [--takehome PATH]

Each submission is a right or a wrong solution of the challenge `target` with bytes of its own. What has to
hold: each has exactly one final result, the same as in the undisturbed run; the store is sound; and nothing
is left. The same seed draws the same moments.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from killing import Moment, Takehome, differences, not_once, results
from left_behind import leftovers
from samples import copy

ROOT = Path(__file__).resolve().parent.parent
CHALLENGES = ROOT / "tests/fixtures/challenges"
SOLUTIONS = ("right", "base")
SHORTEST_S = 0.05
LOOK_S = 0.02


def inbox(folder: Path, count: int) -> None:
    """Right and wrong solutions in turn."""
    for number in range(count):
        source = ROOT / "tests/hostile" / SOLUTIONS[number % len(SOLUTIONS)]
        copy(source, folder / f"c{number:03}", str(number), "work.py")


def moments(kills: int, longest_s: float, seed: int) -> list[Moment]:
    """In turn one while it starts, and one soon after a few results, however fast the machine is."""
    draw = random.Random(seed)
    drawn = []
    for kill in range(kills):
        later_s = draw.uniform(0, SHORTEST_S)
        if kill % 2:
            drawn.append(Moment(results=draw.randint(1, 3), later_s=later_s))
        else:
            drawn.append(Moment(after_s=draw.uniform(SHORTEST_S, longest_s), later_s=later_s))
    return drawn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--kills", type=int, default=25, help="no more than this")
    parser.add_argument("--longest", type=float, default=4.0, help="seconds until a kill, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--takehome", type=Path, default=ROOT / "target/debug/takehome")
    args = parser.parse_args()
    program = args.takehome.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "inbox")
        inbox(folder, args.count)
        fresh = ["grade", folder, "--inbox", "--challenge", "target"]
        begun = time.monotonic()
        expected = results(Takehome(program, CHALLENGES, Path(scratch, "undisturbed")).undisturbed(fresh))
        print(f"undisturbed: {len(expected)} results in {time.monotonic() - begun:.0f} s", flush=True)
        killed = Takehome(program, CHALLENGES, Path(scratch, "killed"))
        begun = time.monotonic()
        drawn = moments(args.kills, args.longest, args.seed)
        kills, reports = killed.disturbed(fresh, drawn, LOOK_S)
        print(f"killed {kills} times (seed {args.seed}), done after {time.monotonic() - begun:.0f} s")
        found = not_once(killed.exported(), args.count) + killed.check()
        found += differences(expected, results(reports))
    found += [f"{left} is left" for left in leftovers()]
    for line in found:
        print(line)
    if not found:
        print("each has exactly one final result, equal to the undisturbed run; nothing is left")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
