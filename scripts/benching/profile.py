"""Where the time of a grading goes: the steps that `takehome --trace` names, and the parts of plain runs."""

import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benching.figures import Spread, markdown
from benching.processes import Ended, run
from benching.suites import Unfit
from benching.ways import Plain, Takehome, reported

STEP = re.compile(r"^step +(?P<begun>[\d.]+) ms +\+(?P<took>[\d.]+) ms  (?P<path>.+)$")
BELOW = " > "
GRADING = "grade"
"""The step that is one grading."""


@dataclass(frozen=True)
class Step:
    """One span of time, milliseconds from the program's start."""

    path: tuple[str, ...]
    begun_ms: float
    took_ms: float


def steps(said: str) -> list[Step]:
    """The steps among what a command said."""
    found = []
    for line in said.splitlines():
        if match := STEP.match(line):
            path = tuple(match["path"].split(BELOW))
            found.append(Step(path, float(match["begun"]), float(match["took"])))
    return found


@dataclass(frozen=True)
class Share:
    """All occurrences of a step in one grading."""

    times: float
    begun_ms: float
    took_ms: float


def by_path(run_: Sequence[Step]) -> dict[tuple[str, ...], Share]:
    """Steps of the same path together: how many, when the first began, and their sum."""
    found: dict[tuple[str, ...], list[Step]] = {}
    for step in run_:
        found.setdefault(step.path, []).append(step)
    return {
        path: Share(len(own), min(step.begun_ms for step in own), sum(step.took_ms for step in own))
        for path, own in found.items()
    }


def typical(runs: Sequence[Mapping[tuple[str, ...], Share]]) -> dict[tuple[str, ...], Share]:
    """Of each step the median over the runs that have it, in the order in which they begin."""
    paths = {path for one in runs for path in one}
    found = {}
    for path in paths:
        own = [one[path] for one in runs if path in one]
        found[path] = Share(
            statistics.median(share.times for share in own),
            statistics.median(share.begun_ms for share in own),
            statistics.median(share.took_ms for share in own),
        )
    return dict(sorted(found.items(), key=lambda item: (item[1].begun_ms, len(item[0]))))


def gradings(run_: Sequence[Step], skip: int) -> list[list[Step]]:
    """The steps of each grading of a batch with one worker, by its own clock, without the first `skip`."""
    whole = sorted((step for step in run_ if step.path == (GRADING,)), key=lambda step: step.begun_ms)
    found = []
    for one in whole[skip:]:
        end = one.begun_ms + one.took_ms
        found.append(
            [
                Step(step.path, step.begun_ms - one.begun_ms, step.took_ms)
                for step in run_
                if step.path[0] == GRADING and one.begun_ms <= step.begun_ms <= end
            ]
        )
    return found


def table(found: Mapping[tuple[str, ...], Share], whole: str, whole_ms: float) -> list[str]:
    """Steps below what they are a part of; `whole_ms` is what the last line has."""
    lines = []
    for path, share in found.items():
        name = "· " * (len(path) - 1) + path[-1]
        lines.append((name, f"{share.times:g}", f"{share.begun_ms:.0f}", f"{share.took_ms:.0f}"))
    lines.append((whole, "1", "0", f"{whole_ms:.0f}"))
    return markdown(("step", "times", "begins at, ms", "takes, ms"), lines)


def checked(done: Ended) -> Ended:
    """`done`, when it has graded. Raises Unfit."""
    for name, outcome in reported(done).items():
        if outcome.problem is not None:
            raise Unfit(f"{name}: {outcome.problem}")
    return done


def of_cold(takehome: Takehome, times: int) -> list[str]:
    """The steps of one cold grading of the suite's first submission."""
    command = takehome.command("--single", "--quiet", takehome.submissions[0].folder, trace=True)
    done = [checked(run(command)) for _ in range(times)]
    found = typical([by_path(steps(one.err)) for one in done])
    return table(
        found, "the whole command, from outside", 1000 * statistics.median(one.wall_s for one in done)
    )


def of_warm(takehome: Takehome, skip: int) -> list[str]:
    """The steps of one grading in a batch with one worker that has been running."""
    done = checked(run(takehome.command("--inbox", "--quiet", "--jobs", 1, takehome.warm_inbox, trace=True)))
    each = gradings(steps(done.err), skip)
    whole = statistics.median(step.took_ms for own in each for step in own if step.path == (GRADING,))
    return table(typical([by_path(own) for own in each]), "the whole grading", whole)


def of_plain(plain: Plain, times: int) -> list[str]:
    """What `docker run` of plain pytest is made of: each line does a little more than the one before."""
    solution = plain.submissions[0]
    docker = ["docker", "run", "--rm", "--label", plain.label]
    docker += ["--volume", f"{solution.folder}:/submission:ro", plain.image]
    pytest = ["python", "-m", "pytest"]
    lines = []
    for name, command in (
        ("a container", ["true"]),
        ("and an interpreter", ["python", "-c", "pass"]),
        ("and pytest", [*pytest, "--version"]),
        ("and the suite collected", [*pytest, *plain.options("/submission"), "--collect-only"]),
        ("and its tests run", [*pytest, *plain.options("/submission")]),
    ):
        done = [run([*docker, *command]) for _ in range(times)]
        if any(one.code not in (0, 1) for one in done):
            raise Unfit(f"docker run, {name}: exit {done[0].code}: {done[0].err[-500:]}")
        spread = Spread.of(1000 * one.wall_s for one in done)
        lines.append((name, spread.text(0)))
    return markdown(("`docker run` with", "takes, ms"), lines)
