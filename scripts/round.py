#!/usr/bin/env python3
"""Grade a hiring round of 200 submissions in one command, killed three times on the way and resumed.

    scripts/round.py [--kills 3] [--seed 1] [--jobs 6] [--each N] [--takehome PATH]

The submissions are samples of the five challenges (MIX), archives with bytes of their own, named in one list.
The same list is graded undisturbed first. What has to hold: each submission has exactly one final result; it
is the same as in the undisturbed run, test by test, and the verdict and lost groups are those that the sample
announces; the store is sound; and nothing is left. The same seed draws the same moments.
"""

import argparse
import csv
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from killing import Moment, Takehome, differences, not_once, results
from left_behind import leftovers
from samples import Sample, archive, copy, load, required

ROOT = Path(__file__).resolve().parent.parent
CHALLENGES = ROOT / "challenges"
COUNT = 200
LOOK_S = 0.2
LATER_S = 3.0
"""A kill comes up to this long after the result that calls for it."""

# Samples that a busy machine does not make slower by minutes, and whose score no race decides.
MIX: dict[str, dict[str, int]] = {
    "async-harvest": {
        "reference": 8,
        "correct-taskgroup-aiohttp": 8,
        "correct-threads": 6,
        "hostile-edits-legacy": 4,
        "wrong-client-per-request": 6,
        "wrong-same-url-once": 6,
        "wrong-syntax-error": 4,
    },
    "chunked-ledger": {"correct-duckdb": 1, "hostile-exit-zero-when-run": 3, "wrong-syntax-error": 6},
    "courier-retry": {
        "reference": 10,
        "correct-asyncio-httpx": 6,
        "correct-stdlib-threads": 8,
        "correct-tenacity": 6,
        "hostile-exit-zero": 4,
        "wrong-constant-wait": 6,
        "wrong-id-as-key": 6,
        "wrong-key-per-attempt": 8,
        "wrong-syntax-error": 4,
    },
    "rest-inventory": {
        "reference": 6,
        "correct-flask-sqlite": 6,
        "correct-stdlib": 10,
        "hostile-prints-frames": 4,
        "wrong-if-match-optional": 8,
        "wrong-offset-pagination": 6,
        "wrong-patch-by-update": 6,
        "wrong-syntax-error": 4,
    },
    "tdd-reservations": {
        "reference": 6,
        "correct-handwritten-fakes": 6,
        "correct-unittest": 6,
        "wrong-assert-free": 6,
        "wrong-happy-path": 6,
        "wrong-no-tests": 6,
        "wrong-syntax-error": 4,
    },
}


@dataclass(frozen=True)
class Sent:
    """One submission of the round."""

    challenge: str
    sample: Sample
    archive: Path

    @property
    def key(self) -> str:
        return f"{self.challenge}/{self.archive.name}"


def chosen(each: int) -> list[tuple[str, str]]:
    """Challenge and sample of every submission; each sample at most `each` times."""
    return [
        (challenge, name)
        for challenge, samples in MIX.items()
        for name, times in samples.items()
        for _ in range(min(times, each))
    ]


def make(folder: Path, wanted: list[tuple[str, str]]) -> list[Sent]:
    """The archives: a zip and a compressed tar in turn."""
    round_ = []
    for number, (challenge, name) in enumerate(wanted):
        sample = load(CHALLENGES / challenge, name)
        place = folder / f"{number:03}-{challenge}-{name}"
        copy(sample.folder, place, f"submission {number}", required(CHALLENGES / challenge))
        round_.append(Sent(challenge, sample, archive(place, compressed_tar=number % 2 == 1)))
    return round_


def write_list(file: Path, round_: list[Sent]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["candidate", "archive", "challenge"])
        for sent in round_:
            writer.writerow([sent.archive.name.partition(".")[0], sent.archive.name, sent.challenge])


def moments(kills: int, count: int, seed: int) -> list[Moment]:
    """Kills after random numbers of results, so spread that each run gets somewhere."""
    draw = random.Random(seed)
    share = max(count // (kills + 1), 1)
    return [
        Moment(results=draw.randint(max(share // 4, 1), share), later_s=draw.uniform(0, LATER_S))
        for _ in range(kills)
    ]


def unlike_announced(round_: list[Sent], reports: list[dict]) -> list[str]:
    """Results that are not what the sample says of itself."""
    by_key = {f"{report['challenge']}/{report['submission']}": report for report in reports}
    found = []
    for sent in round_:
        report = by_key.get(sent.key)
        if report is None:
            found.append(f"{sent.key}: no result")
            continue
        lost = {group["name"] for group in report["groups"] if group["passed"] < group["total"]}
        fails = sent.sample.fails
        if report["verdict"] != sent.sample.verdict:
            found.append(f"{sent.key}: {report['verdict']} and not {sent.sample.verdict}")
        elif fails is not None and report["verdict"] == "graded" and lost != fails:
            found.append(f"{sent.key}: lost {sorted(lost)} and not {sorted(fails)}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=6, help="gradings at a time: most of them wait")
    parser.add_argument("--each", type=int, default=COUNT, help="each sample at most this often, for a trial")
    parser.add_argument("--takehome", type=Path, default=ROOT / "target/debug/takehome")
    args = parser.parse_args()
    program = args.takehome.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "round")
        folder.mkdir()
        round_ = make(folder, chosen(args.each))
        write_list(folder / "round.csv", round_)
        jobs = ["--jobs", args.jobs]
        fresh = ["grade", "--csv", folder / "round.csv", *jobs]
        begun = time.monotonic()
        undisturbed = Takehome(program, CHALLENGES, Path(scratch, "undisturbed")).undisturbed(fresh)
        took = time.monotonic() - begun
        print(f"undisturbed: {len(undisturbed)} results in {took:.0f} s", flush=True)
        for line in unlike_announced(round_, undisturbed):
            print(f"undisturbed: {line}", flush=True)
        killed = Takehome(program, CHALLENGES, Path(scratch, "killed"))
        begun = time.monotonic()
        drawn = moments(args.kills, len(round_), args.seed)
        kills, reports = killed.disturbed(fresh, drawn, LOOK_S, *jobs)
        print(f"killed {kills} times (seed {args.seed}), done after {time.monotonic() - begun:.0f} s")
        found = not_once(killed.exported(), len(round_)) + killed.check()
        found += differences(results(undisturbed), results(reports)) + unlike_announced(round_, reports)
        if kills != args.kills:
            found.append(f"killed {kills} times and not {args.kills}")
    found += [f"{left} is left" for left in leftovers()]
    for line in found:
        print(line)
    if not found:
        print(f"{len(round_)} final results, none twice, equal to the undisturbed run; nothing is left")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
