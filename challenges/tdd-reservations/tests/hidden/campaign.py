"""Runs a candidate's tests over many services, and what may be concluded from that.

A run says, test by test, what the candidate's own process claims. A claim is believed only as far as these
hold:

* every run is the same from inside: same files, same arguments, a fresh process in an empty sandbox, and an
  order of services that nobody can know. So a suite can only tell two services apart by what they do;
* some runs are repeated, and nobody can know which. A test that then says something else counts for nothing,
  and a suite with more than a few of these counts for nothing at all. So failing now and then finds nothing.
"""

import math
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import unicode_tables
from service import ServiceServer
from takehome_pytest import CandidateException, CandidateFault

Results = dict[str, str]

CANDIDATE_SIDE = Path(__file__).parent / "candidate_side"
RUNNER = "takehome_suite"
OUTCOMES = frozenset(("passed", "failed", "skipped", "slept", "network"))

RUN_S = 20.0
"""The longest that one run may take; a good suite needs a tenth of a second."""

CAMPAIGN_S = 400.0
"""The longest that all runs of a campaign may take; what was not reached counts as not noticed."""

REPEATED_SHARE = 0.3
"""Of the wrong services, those that are run twice."""

MAX_WAVERING = 2
"""More unsteady tests than this, and one cannot tell what the others say either."""

MAX_RESULTS = 400
MAX_NAME_CHARS = 400


@dataclass(frozen=True)
class Run:
    """One run of the suite over one service. Without results, `trouble` says why."""

    results: Results = field(default_factory=dict)
    trouble: str = ""


def put_runner(solution: Any) -> None:
    """Put what runs the suite into an open scenario."""
    solution.put(f"{RUNNER}.py", (CANDIDATE_SIDE / f"{RUNNER}.py").read_bytes())
    for path, data in unicode_tables.files().items():
        solution.put(f"{solution.tmp_dir}/hypothesis/{path}", data)


def run_over(sandbox: Any, source: str) -> Run:
    """The candidate's suite over a fresh service of that source, in a scenario of its own."""
    with ServiceServer(source) as server, sandbox.scenario() as solution:
        put_runner(solution)
        solution.put("src/booking.py", (CANDIDATE_SIDE / "booking.py").read_bytes())
        try:
            value = solution.call(f"{RUNNER}:run_suite", server.port, timeout=RUN_S)
        except (CandidateFault, CandidateException, Exception) as error:
            return Run(trouble=f"the run ended without results: {str(error)[:300] or type(error).__name__}")
    return read_results(value)


def read_results(value: Any) -> Run:
    """Check what came back from a run."""
    if type(value) is not dict or len(value) > MAX_RESULTS:
        return Run(trouble="the run gave something that is not a list of results")
    for name, outcome in value.items():
        if type(name) is not str or len(name) > MAX_NAME_CHARS or outcome not in OUTCOMES:
            return Run(trouble="the run gave something that is not a list of results")
    return Run(value)


class Campaign:
    """All runs of one unit of tests: right and wrong services in random order, some wrong ones twice."""

    def __init__(self, right: Mapping[str, str], wrong: Mapping[str, str], rng: random.Random) -> None:
        """Names and sources of the services. `rng` must not be one that the candidate can rebuild."""
        self._sources = {**right, **wrong}
        self._right = list(right)
        self._wrong = list(wrong)
        self._rng = rng
        self.runs: dict[str, list[Run]] = {name: [] for name in self._sources}

    def run(self, sandbox: Any, clock: Callable[[], float] = time.monotonic) -> "Campaign":
        """Make the runs. Raises CandidateFault when the sandbox itself is lost."""
        again = self._rng.sample(self._wrong, math.ceil(REPEATED_SHARE * len(self._wrong)))
        schedule = [*self._right, *self._wrong, *again]
        self._rng.shuffle(schedule)
        give_up = clock() + CAMPAIGN_S
        for name in schedule:
            if clock() < give_up:
                self.runs[name].append(run_over(sandbox, self._sources[name]))
        return self

    @cached_property
    def names(self) -> list[str]:
        """Every test that any run told of."""
        seen: dict[str, None] = {}
        for _, run in self._all_runs():
            seen.update(dict.fromkeys(run.results))
        return list(seen)

    @cached_property
    def wavering(self) -> list[str]:
        """The tests that said different things of one service. A run without results says nothing."""
        return [test for test in self.names if not self._steady(test)]

    @cached_property
    def kept(self) -> list[str]:
        """The tests whose word counts: they pass on every right service, and are steady."""
        reached = [run for name in self._right for run in self.runs[name]]
        if 2 * len(reached) < len(self._right) or not all(run.results for run in reached):
            return []
        if len(self.wavering) > MAX_WAVERING:
            return []
        return [test for test in self.names if test not in self.wavering and self._passes_on_right(test)]

    def noticed_by(self, wrong: str) -> list[str]:
        """The kept tests that fail on a wrong service."""
        runs = self.runs[wrong]
        return [test for test in self.kept if runs and all(run.results.get(test) == "failed" for run in runs)]

    def explain(self, wrong: str) -> str:
        """Why a wrong service went unnoticed, beyond the plain reason that no test is sensitive to it."""
        runs = self.runs[wrong]
        if not runs:
            return " (not reached: the suite takes too long)"
        if len(self.wavering) > MAX_WAVERING:
            return f" (no test of the suite counts, too many waver: {shown(self.wavering)})"
        if not self.kept:
            reasons = [run.trouble for name in self._right for run in self.runs[name] if run.trouble]
            return f" (no test of the suite counts{': ' + reasons[0] if reasons else ''})"
        for run in runs:
            if run.trouble:
                return f" ({run.trouble})"
        lost = [test for test in self.names if test not in self.kept]
        failed = [test for test in lost if all(run.results.get(test) == "failed" for run in runs)]
        return f" (noticed only by tests that do not count: {shown(failed)})" if failed else ""

    def _passes_on_right(self, test: str) -> bool:
        return all(run.results.get(test) == "passed" for name in self._right for run in self.runs[name])

    def _steady(self, test: str) -> bool:
        for name in self._wrong:
            said = {run.results.get(test) for run in self.runs[name] if run.results}
            if len(said) > 1:
                return False
        return True

    def _all_runs(self) -> Iterable[tuple[str, Run]]:
        return ((name, run) for name, runs in self.runs.items() for run in runs)


def shown(names: list[str], most: int = 5) -> str:
    """Some of many names."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
