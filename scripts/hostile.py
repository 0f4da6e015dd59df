#!/usr/bin/env python3
"""Let every sample of tests/hostile loose on the sandbox and see that it gains nothing.

    scripts/hostile.py [FAMILY[/SLUG] ...] [--repeat N] [--no-control] [--beside] [--takehome PATH]

Each sample is laid over an honest solution (tests/hostile/base or right), graded by the challenge `target`
and, as a positive control, given to an ordinary pytest run in a container of its own (the challenge
`in-process`). tests/hostile/README.md describes a sample's expected.toml. Nothing of a sample is run by this
script. At the end a right solution has to get 100 still, and no container, volume or process may be left.
"""

import argparse
import collections
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from left_behind import leftovers

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests/hostile"
CHALLENGES = ROOT / "tests/fixtures/challenges"
HONEST = ("base", "right")
EXPECTED_KEYS = {
    *("summary", "over", "outcome", "fault", "score_at_most", "score_at_least"),
    *("outcomes", "integrity", "cpu_ms_at_least", "control", "control_why"),
}
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
GRADING_TIMEOUT_S = 300
BESIDE = 3
"""Right solutions that are graded beside a sample."""

SAMPLE_EVERY_S = 0.1
PROGRESS = re.compile(r"\[\d+/\d+\] ([^:]+): ")
"""What takehome says when a grading has ended."""


@dataclass(frozen=True)
class Sample:
    family: str
    slug: str
    dir: Path
    expected: dict

    @property
    def name(self) -> str:
        return f"{self.family}/{self.slug}"

    @property
    def archive(self) -> Path | None:
        found = [
            p for p in self.dir.iterdir() if p.name.startswith("submission.") and p.name.endswith(ARCHIVES)
        ]
        return found[0] if found else None


@dataclass
class Cost:
    """What one grading took of the whole machine: bytes at its worst moment, seconds."""

    memory: int = 0
    disk: int = 0
    wall_s: float = 0.0


@dataclass
class Outcome:
    """All that is known of one sample."""

    sample: Sample
    path: Path
    verdict: str = ""
    score: float | None = None
    noted: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    gained: bool = False
    bites: bool = False
    cost: Cost = field(default_factory=Cost)

    def add(self, report: dict, honest: dict[str, float]) -> None:
        """Take note of one grading."""
        found, gained = complaints(self.sample, report, honest)
        self.wrong += [complaint for complaint in found if complaint not in self.wrong]
        self.gained |= gained
        self.verdict, self.score = report["verdict"], report["score"]
        self.noted = sorted({note["kind"] for note in report["integrity"]})

    def line(self) -> str:
        text = f"{self.sample.name}: {self.verdict} {'' if self.score is None else self.score}, "
        text += f"{self.cost.wall_s:.1f} s, {human(self.cost.memory)} memory, {human(self.cost.disk)} disk"
        text += f", noted: {', '.join(self.noted)}" if self.noted else ""
        return text + "".join(f"; NOT AS EXPECTED: {complaint}" for complaint in self.wrong)


def load(only: list[str]) -> list[Sample]:
    """Every sample, or those whose name starts with one of `only`. Raises SystemExit for a malformed one."""
    samples = []
    for file in sorted(CORPUS.glob("*/*/expected.toml")):
        family, slug = file.parts[-3:-1]
        expected = tomllib.loads(file.read_text(encoding="utf-8"))
        unknown = expected.keys() - EXPECTED_KEYS
        missing = {"summary", "outcome", "control"} - expected.keys()
        if unknown or missing:
            raise SystemExit(f"{file}: unknown keys {sorted(unknown)}, missing keys {sorted(missing)}")
        if not expected["control"] and not expected.get("control_why"):
            raise SystemExit(f"{file}: without a positive control, `control_why` says why there can be none")
        sample = Sample(family, slug, file.parent, expected)
        if not only or any(sample.name == prefix or sample.name.startswith(f"{prefix}/") for prefix in only):
            samples.append(sample)
    if not samples:
        raise SystemExit(f"no sample under {CORPUS} is called {', '.join(only)}")
    return samples


def submission(sample: Sample, scratch: Path) -> Path:
    """The folder or archive that is graded: the honest solution with the sample laid over it."""
    target = scratch / sample.slug
    if sample.archive is not None:
        suffix = sample.archive.name.removeprefix("submission")
        return Path(shutil.copy(sample.archive, target.with_name(sample.slug + suffix)))
    over = sample.expected.get("over", "base")
    if over != "nothing":
        shutil.copytree(CORPUS / over, target, ignore=shutil.ignore_patterns("__pycache__"))
    ignore = shutil.ignore_patterns("__pycache__", "expected.toml")
    shutil.copytree(sample.dir, target, ignore=ignore, dirs_exist_ok=True)
    return target


def grade_all(
    takehome: Path,
    paths: list[Path],
    challenge: str,
    seed: int,
    jobs: int = 1,
    finished: Callable[[str], None] = lambda _: None,
) -> list[dict]:
    """The reports of `paths`, in their order; `finished` gets the name of each that has ended.

    All in one batch, so that judges serve one sample after the other. Raises SystemExit when takehome says
    nothing that is a report for each, or nothing at all for GRADING_TIMEOUT_S.
    """
    command = [takehome, "grade", *paths, "--challenge", challenge, "--challenges", CHALLENGES]
    command += ["--format", "json", "--seed", str(seed), "--jobs", str(jobs), "--again"]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(
            target=lambda: [*map(lines.put, process.stderr), lines.put(None)], daemon=True
        ).start()
        said = collections.deque[str](maxlen=20)
        try:
            while (line := lines.get(timeout=GRADING_TIMEOUT_S)) is not None:
                said.append(line)
                if match := PROGRESS.match(line):
                    finished(match[1])
        except queue.Empty:
            process.kill()
            said.append(f"nothing for {GRADING_TIMEOUT_S} s")
        process.wait()
        output.seek(0)
        try:
            reports = json.load(output)
        except ValueError:
            reports = None
    reports = [reports] if isinstance(reports, dict) else reports
    if reports is None or len(reports) != len(paths):
        raise SystemExit(f"exit {process.returncode}, no report for each of {len(paths)}\n{''.join(said)}")
    return reports


class Meter:
    """Watches the machine while something runs in the `with` block."""

    def __init__(self) -> None:
        self.laps: dict[str, Cost] = {}
        self._stop = threading.Event()

    def __enter__(self) -> "Meter":
        self._start()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def lap(self, name: str) -> None:
        """What was seen since the last lap is the grading's of `name`."""
        self._cost.wall_s = time.monotonic() - self._begun
        self.laps[name] = self._cost
        self._start()

    def _start(self) -> None:
        self._begun, self._cost = time.monotonic(), Cost()
        self._memory, self._disk = available_memory(), free_disk()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_EVERY_S):
            cost = self._cost
            cost.memory = max(cost.memory, self._memory - available_memory())
            cost.disk = max(cost.disk, self._disk - free_disk())


def available_memory() -> int:
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def free_disk() -> int:
    seen = {}
    for path in ("/", "/tmp", "/var/lib/docker", "/dev/shm"):
        if os.path.exists(path):
            seen[os.stat(path).st_dev] = os.statvfs(path)
    return sum(disk.f_bavail * disk.f_frsize for disk in seen.values())


def complaints(sample: Sample, report: dict, honest: dict[str, float]) -> tuple[list[str], bool]:
    """What is not as expected, and whether the sample gained by its trick."""
    expected = sample.expected
    found = []
    if report["verdict"] != expected["outcome"]:
        found.append(f"verdict {report['verdict']} ({(report['fault'] or {}).get('message')})")
    code = (report["fault"] or {}).get("code")
    if expected.get("fault") and code != expected["fault"]:
        found.append(f"fault {code}, expected {expected['fault']}")
    score = report["score"] or 0.0
    most = expected.get("score_at_most", honest.get(expected.get("over", "base"), 0.0))
    gained = score > most
    if gained:
        found.append(f"score {score}, at most {most}")
    if score < expected.get("score_at_least", 0.0):
        found.append(f"score {score}, at least {expected['score_at_least']}")
    outcomes = {test["outcome"] for test in report["tests"]}
    for outcome in expected.get("outcomes", []):
        if outcome not in outcomes:
            found.append(f"no test {outcome}, but {', '.join(sorted(outcomes))}")
    kinds = {note["kind"] for note in report["integrity"]}
    for kind in expected.get("integrity", []):
        if kind not in kinds:
            found.append(f"no integrity note {kind}, but {', '.join(sorted(kinds)) or 'none'}")
    least_cpu_ms = expected.get("cpu_ms_at_least", 0)
    if least_cpu_ms and report["resources"]["cpu_ms"] < least_cpu_ms:
        found.append(f"{report['resources']['cpu_ms']} ms of CPU, at least {least_cpu_ms}")
    return found, gained


def control_complaints(sample: Sample, report: dict) -> list[str]:
    """Signals of an ordinary run that the attack should have turned and did not."""
    if report["verdict"] != "graded":
        return [f"control: {report['verdict']}, {report['fault']['message']}"]
    worked = {test["id"].rpartition("test_")[2] for test in report["tests"] if test["outcome"] == "passed"}
    missing = [signal for signal in sample.expected["control"] if signal not in worked]
    if missing:
        return [
            f"control: {', '.join(missing)} did not work; worked: {', '.join(sorted(worked)) or 'nothing'}"
        ]
    return []


def beside_complaints(takehome: Path, path: Path, scratch: Path) -> list[str]:
    """Grade right solutions at the same time as a sample; those that did not get 100."""
    honest = []
    for number in range(BESIDE):
        target = scratch / f"honest{number}"
        if not target.exists():
            shutil.copytree(CORPUS / "right", target, ignore=shutil.ignore_patterns("__pycache__"))
        honest.append(target)
    everything = grade_all(takehome, [honest[0], path, *honest[1:]], "target", 1, BESIDE + 1)
    reports = [report for report in everything if report["submission"].startswith("honest")]
    if len(reports) != BESIDE:
        return [f"beside it only {len(reports)} of {BESIDE} right solutions were graded"]
    return [f"beside it a right solution got {r['score']}" for r in reports if r["score"] != 100.0]


def human(size: int) -> str:
    return f"{max(size, 0) / (1 << 20):.0f} MiB"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("only", nargs="*", metavar="FAMILY[/SLUG]")
    parser.add_argument("--repeat", type=int, default=1, help="grade each sample this many times")
    parser.add_argument("--no-control", action="store_true", help="leave out the positive controls")
    parser.add_argument(
        "--beside",
        action="store_true",
        help=f"also grade {BESIDE} right solutions at the same time as each sample",
    )
    parser.add_argument("--takehome", type=Path, default=ROOT / "target/debug/takehome")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="samples at a time, after each was measured alone",
    )
    options = parser.parse_args()
    samples = load(options.only)
    with tempfile.TemporaryDirectory(prefix="takehome-hostile-") as folder:
        outcomes = let_loose(samples, options, Path(folder))
        after = grade_all(options.takehome, [CORPUS / "right"], "target", 1)[0]["score"]
    print_table(outcomes)
    gained = sum(outcome.gained for outcome in outcomes)
    wrong = sum(bool(outcome.wrong) for outcome in outcomes)
    print(f"{len(outcomes)} samples, {options.repeat} times each: {gained} gained, {wrong} not as expected")
    left = leftovers()
    print(f"afterwards: a right solution gets {after}, left behind: {', '.join(left) or 'nothing'}")
    return 1 if wrong or left or after != 100.0 else 0


def let_loose(samples: list[Sample], options: argparse.Namespace, scratch: Path) -> list[Outcome]:
    """First one sample at a time, to see what each costs; then repeats and controls, several at a time."""
    takehome, jobs = options.takehome, options.jobs
    reports = grade_all(takehome, [CORPUS / name for name in HONEST], "target", 1)
    honest = {name: report["score"] for name, report in zip(HONEST, reports, strict=True)}
    print(f"without a trick: {honest}", flush=True)
    outcomes = []
    for number, sample in enumerate(samples, 1):
        place = scratch / str(number)
        place.mkdir()
        outcomes.append(Outcome(sample, submission(sample, place)))
    for family, members in by_family(outcomes).items():
        paths = [one.path for one in members]
        with Meter() as meter:
            reports = grade_all(takehome, paths, "target", 1, finished=meter.lap)
        for outcome, report in zip(members, reports, strict=True):
            outcome.add(report, honest)
            # What intake refuses is never graded.
            outcome.cost = meter.laps.get(outcome.path.name, Cost())
            print(outcome.line(), flush=True)
        for repeat in range(2, options.repeat + 1):
            for outcome, report in zip(
                members, grade_all(takehome, paths, "target", repeat, jobs), strict=True
            ):
                outcome.add(report, honest)
        bite = [one for one in members if one.sample.expected["control"] and not options.no_control]
        if bite:
            reports = grade_all(takehome, [one.path for one in bite], "in-process", 1, jobs)
            for outcome, report in zip(bite, reports, strict=True):
                found = control_complaints(outcome.sample, report)
                outcome.wrong += found
                outcome.bites = not found
        if options.beside:
            for outcome in members:
                outcome.wrong += beside_complaints(takehome, outcome.path, outcome.path.parent)
        wrong = [outcome for outcome in members if outcome.wrong]
        print(f"{family}: {len(members)} samples, {len(wrong)} not as expected", flush=True)
        for outcome in wrong:
            print(f"  {outcome.line()}", flush=True)
    return outcomes


def by_family(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    families: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        families.setdefault(outcome.sample.family, []).append(outcome)
    return families


def print_table(outcomes: list[Outcome]) -> None:
    row = "{:10} {:>6} {:>7} {:>15} {:>13} {:>11} {:>11}".format
    heads = ("family", "tried", "gained", "bite elsewhere", "worst memory", "worst disk", "worst time")
    print("\n" + row(*heads))
    for family, members in by_family(outcomes).items():
        worst = [max(getattr(one.cost, name) for one in members) for name in ("memory", "disk", "wall_s")]
        gained = sum(one.gained for one in members)
        bites = sum(one.bites for one in members)
        figures = (human(worst[0]), human(worst[1]), f"{worst[2]:.0f} s")
        print(row(family, len(members), gained, bites, *figures))


if __name__ == "__main__":
    sys.exit(main())
