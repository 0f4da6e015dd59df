#!/usr/bin/env python3
"""How long grading takes, beside the plain ways to do it, on the same suites and submissions in one run.

    scripts/bench.py [--suite target] [--suite courier-retry] [--rounds N] [--copies N] [--seed 1]
                     [--profile] [--json FILE] [--write] [--takehome PATH]

docs/speed.md says what each way is and how it is counted; `--write` puts the tables there. When any grading
fails, or finds what it should not, no figure is printed and nothing is written. Nothing else
should run meanwhile.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benching import figures, profile
from benching.meter import (
    Containers,
    PeakMemory,
    described,
    idle_cores,
    machine_busy_s,
    own_cpu_s,
    stolen_s,
)
from benching.options import parser as options_of_all
from benching.places import (
    LABEL,
    engine,
    environment,
    image,
    membership,
    packages,
    python_of,
    remove_containers,
    running,
)
from benching.rounds import Plan, measure, say, warm_up
from benching.suites import ROOT, SUITES, Suite, Unfit, make
from benching.ways import NAMES, Graded, Plain, Takehome, Way, ways
from left_behind import leftovers

PAGE = ROOT / "docs/speed.md"
WARM_UPS = 1
"""Copies of each solution until a batch counts as warm."""

PROFILED = 7


class Accounts:
    """The kernel's accounts of this machine."""

    def __init__(self, containers: Containers) -> None:
        self._containers = containers

    def containers_cpu_s(self) -> float:
        return self._containers.cpu_s()

    def machine_cpu_s(self) -> float:
        return machine_busy_s() - own_cpu_s()

    def peak(self, way: Way) -> tuple[Graded, int]:
        """Runs a way; what it did, and its peak of memory."""
        with PeakMemory(self._containers.anon_bytes) as memory:
            graded = way()
        return graded, memory.bytes


class Bench:
    """One suite, ready to be measured."""

    def __init__(self, suite: Suite, options: argparse.Namespace, scratch: Path, stack: ExitStack) -> None:
        self.suite = suite
        self.rounds = options.rounds or suite.rounds
        self.seed = options.seed
        label = f"{LABEL}={os.getpid()}"
        inbox, warm_inbox = scratch / "inbox", scratch / "warm"
        self.warm_ups = make(suite, warm_inbox, WARM_UPS, 0)
        self.submissions = make(suite, inbox, options.copies or suite.copies, 100)
        for submission in self.submissions:
            shutil.copytree(submission.folder, warm_inbox / submission.name)
        tests = Path(shutil.copytree(suite.tests, scratch / "tests"))
        self.takehome = Takehome(
            options.takehome, scratch / "home", suite, self.submissions, inbox, warm_inbox
        )
        python = environment(suite.image)
        stack.callback(remove_containers, label)
        name = stack.enter_context(image(options.takehome, suite, scratch / "image"))
        self.plain = Plain(
            suite, self.submissions, python, packages(scratch / "packages"), tests, name, label
        )
        found = Containers.around(*membership(name, label))
        if found is None:
            raise Unfit("the control group of the containers cannot be read: is the engine this machine's?")
        self.accounts = Accounts(found)
        self.python = python_of(name, label)

    def run(self) -> tuple[list[str], dict]:
        """The tables of this suite, and all its figures. Raises Unfit."""
        sealed = self.suite.sealed()
        all_ways = ways(self.plain, self.takehome)
        plan = Plan(self.suite.id, sealed, self.submissions, self.warm_ups, all_ways, self.rounds, self.seed)
        memory = warm_up(plan, self.accounts.peak)
        turns = measure(plan, self.accounts)
        rows = figures.rows(turns, all_ways, memory)
        title = f"### {self.suite.id}: {len(sealed)} tests, {len(self.submissions)} submissions"
        lines = [f"{title}, {self.rounds} rounds", "", *figures.table(rows, NAMES)]
        return [*lines, "", *figures.ratio_table(turns), ""], figures.as_json(turns, rows)

    def profiled(self) -> list[str]:
        """The tables of where the time goes. Raises Unfit."""
        say(f"{self.suite.id}: where the time goes")
        lines = [f"### {self.suite.id}: a cold grading, medians of {PROFILED}", ""]
        lines += [*profile.of_cold(self.takehome, PROFILED), ""]
        lines += [f"### {self.suite.id}: a warm grading, one at a time", ""]
        lines += [*profile.of_warm(self.takehome, len(self.warm_ups)), ""]
        lines += [f"### {self.suite.id}: `docker run`, {PROFILED} times each", ""]
        return [*lines, *profile.of_plain(self.plain, PROFILED), ""]


def machine_lines(machine: dict[str, str]) -> list[str]:
    return [f"- {name}: {value}" for name, value in machine.items()]


def write(page: Path, marker: str, lines: list[str]) -> None:
    text = figures.replaced(page.read_text(encoding="utf-8"), marker, lines)
    page.write_text(text, encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = options_of_all(__doc__, PAGE)
    parser.add_argument("--suite", action="append", choices=SUITES, help="default: all")
    parser.add_argument("--rounds", type=int, help="default: the suite's own")
    parser.add_argument("--copies", type=int, help="submissions of each solution; default: the suite's own")
    parser.add_argument("--profile", action="store_true", help="only where the time goes, step by step")
    return parser.parse_args()


def measured(options: argparse.Namespace) -> tuple[dict[str, str], list[str], dict[str, dict]]:
    """The machine, all tables, and the figures by suite. Raises Unfit, and then there are none."""
    if others := running():
        raise Unfit(f"{len(others)} containers run: what they use would be counted")
    machine = described(engine(), idle_cores())
    lines: list[str] = []
    found: dict[str, dict] = {}
    begun, stolen = time.monotonic(), stolen_s()
    for name in options.suite or SUITES:
        with tempfile.TemporaryDirectory(prefix="takehome-bench-") as scratch, ExitStack() as stack:
            bench = Bench(SUITES[name](), options, Path(scratch), stack)
            machine["Python"] = f"{platform.python_version()} on the host, {bench.python} in the images"
            if options.profile:
                lines += bench.profiled()
            else:
                more, found[name] = bench.run()
                lines += more
    if left := leftovers():
        raise Unfit(f"left behind: {', '.join(left)}")
    share = (stolen_s() - stolen) / (time.monotonic() - begun) / (os.cpu_count() or 1)
    machine["taken by the machine's own host"] = f"{100 * share:.1f} % of the cores' time"
    return machine, lines, found


def main() -> int:
    options = arguments()
    try:
        machine, lines, found = measured(options)
    except Unfit as error:
        print(f"error: {error}\n\nhint: no figure is printed, since this run says nothing", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing is left, and no figure is printed", file=sys.stderr)
        return 130
    version = subprocess.run([options.takehome, "--version"], capture_output=True, text=True, check=True)
    machine["takehome"] = f"{version.stdout.split()[-1]}, {options.takehome.parent.name} build"
    lines = [*machine_lines(machine), "", *lines]
    print("\n".join(lines))
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "suites": found}, indent=1), encoding="utf-8")
    if options.write:
        write(PAGE, "profile" if options.profile else "bench", lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
