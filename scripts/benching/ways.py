"""The ways to grade that are compared. Each grades the same submissions by the same suite."""

import json
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benching.processes import Ended, run, run_all
from benching.suites import Outcome, Submission, Suite, Unfit, of_pytest, of_report

NAMES = {
    "pytest": "`python -m pytest` on the host",
    "docker": "`docker run --rm IMAGE pytest`",
    "docker-2": "the same, two at a time",
    "cold": "`takehome grade`, one command each",
    "batch": "`takehome grade FOLDER`",
    "warm": "a running batch, one at a time",
}
"""In the order of the table."""

GRADED = (0, 1, 3)
TOLD = re.compile(r"\[\d+/\d+\] ([^:]+): ")
"""What takehome says when a result is in its store."""


@dataclass(frozen=True)
class Graded:
    """What a way did in one turn."""

    walls: dict[str, float]
    """Seconds of each grading that is timed, by submission."""

    outcomes: dict[str, Outcome]
    cpu_s: float
    """Of processes on the host; containers have accounts of their own."""

    gradings: int
    reported: dict[str, float] = field(default_factory=dict)
    """What the reports say instead, where there are any."""


Way = Callable[[], Graded]


@dataclass(frozen=True)
class Plain:
    """What it takes to run the suite under plain pytest."""

    suite: Suite
    submissions: Sequence[Submission]
    python: Path
    """Of an environment with the image's libraries."""

    packages: Path
    """The folder that the plugin is imported from, on the host."""

    tests: Path
    """A copy of the suite, on the host."""

    image: str
    """With the libraries, the plugin and the suite in it."""

    label: str
    """Marks this measurement's containers."""

    def options(self, solution: str) -> list[str]:
        """The short summary names every test, so that nothing else has to be written."""
        timeout = f"--call-timeout={self.suite.call_timeout_s}"
        return ["-q", "-rpfEsxX", "-p", "takehome_pytest.plugin", timeout, f"--solution={solution}"]

    def on_host(self, submission: Submission) -> Ended:
        command = [self.python, "-m", "pytest", *self.options(str(submission.folder))]
        env = {**os.environ, "PYTHONPATH": str(self.packages)}
        for name in ("PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE"):
            env.pop(name, None)
        return run(command, cwd=self.tests, env=env)

    def in_docker(self, submission: Submission) -> Ended:
        command = ["docker", "run", "--rm", "--label", self.label]
        command += ["--volume", f"{submission.folder}:/submission:ro", self.image]
        return run([*command, "python", "-m", "pytest", *self.options("/submission")])

    def way(self, one: Callable[[Submission], Ended], at_a_time: int) -> Way:
        def grade() -> Graded:
            jobs = {each.name: lambda each=each: one(each) for each in self.submissions}
            ended = run_all(jobs, at_a_time)
            ids = self.suite.sealed()
            outcomes = {name: of_pytest(done.code, done.out, ids) for name, done in ended.items()}
            walls = {name: done.wall_s for name, done in ended.items()}
            return Graded(walls, outcomes, sum(done.cpu_s for done in ended.values()), len(ended))

        return grade


@dataclass(frozen=True)
class Takehome:
    """The program, with a store of its own."""

    program: Path
    home: Path
    suite: Suite
    submissions: Sequence[Submission]
    inbox: Path
    """The folder of the submissions, and of nothing else."""

    warm_inbox: Path
    """The same with some before them, until which a batch is not warm."""

    def command(self, *options: object, trace: bool = False) -> list[object]:
        where = ["--challenges", self.suite.challenge.parent, "--home", self.home]
        begin = [self.program, *where, *(["--trace"] if trace else [])]
        return [*begin, "grade", "--challenge", self.suite.id, "--again", "--format", "json", *options]

    def cold(self) -> Graded:
        """A command for each submission, one after the other."""
        jobs = {
            each.name: lambda each=each: run(self.command("--single", "--quiet", each.folder))
            for each in self.submissions
        }
        ended = run_all(jobs, 1)
        outcomes = {name: outcome for done in ended.values() for name, outcome in reported(done).items()}
        walls = {name: done.wall_s for name, done in ended.items()}
        return Graded(walls, outcomes, sum(done.cpu_s for done in ended.values()), len(ended))

    def batch(self) -> Graded:
        """One command for all, as many at a time as it sees fit. A grading's time is the report's."""
        done = run(self.command("--inbox", "--quiet", self.inbox))
        walls, outcomes = own_walls(done), reported(done)
        return Graded(walls, outcomes, done.cpu_s, len(outcomes), walls)

    def warm(self) -> Graded:
        """One command for all, one at a time. A grading's time is that from verdict to verdict.

        With one worker the next submission is taken in hand when the one before it has been told, so the time
        between is all that there is between hand and verdict, writing the result included.
        """
        told: list[tuple[float, str]] = []

        def hear(line: str) -> None:
            if match := TOLD.match(line):
                told.append((time.monotonic(), match[1]))

        done = run(self.command("--inbox", "--jobs", 1, self.warm_inbox), on_line=hear)
        timed = {submission.name for submission in self.submissions}
        walls = {name: at - before for (before, _), (at, name) in pairwise(told) if name in timed}
        outcomes, own = reported(done), own_walls(done)
        return Graded(walls, outcomes, done.cpu_s, len(outcomes), {name: own[name] for name in walls})


def parsed(done: Ended) -> list[dict]:
    """The reports that a command printed. Raises Unfit."""
    try:
        reports = json.loads(done.out)
    except ValueError:
        reports = None
    if done.code not in GRADED or reports is None:
        raise Unfit(f"takehome exited with {done.code}: {done.err[-500:]}")
    return reports if isinstance(reports, list) else [reports]


def reported(done: Ended) -> dict[str, Outcome]:
    """Outcomes by submission. Raises Unfit."""
    return {report["submission"]: of_report(report) for report in parsed(done)}


def own_walls(done: Ended) -> dict[str, float]:
    """Seconds that each report says its grading took, by submission. Raises Unfit."""
    return {report["submission"]: report["resources"]["wall_ms"] / 1000 for report in parsed(done)}


def ways(plain: Plain, takehome: Takehome) -> dict[str, Way]:
    """All of them, by the keys of `NAMES`."""
    return {
        "pytest": plain.way(plain.on_host, 1),
        "docker": plain.way(plain.in_docker, 1),
        "docker-2": plain.way(plain.in_docker, 2),
        "cold": takehome.cold,
        "batch": takehome.batch,
        "warm": takehome.warm,
    }
