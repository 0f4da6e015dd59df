"""What is graded: suites, submissions, and what has to come out."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from samples import copy, load, required

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ROOT / "tests/hostile"
UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Unfit(Exception):
    """A grading that is not what it should be: figures of such a run would say nothing."""


@dataclass(frozen=True)
class Solution:
    """A solution and the groups of tests that it loses; none: it is right."""

    name: str
    folder: Path
    fails: frozenset[str]


@dataclass(frozen=True)
class Suite:
    """A hidden suite that runs in the sandbox and, by the same fixtures, under plain pytest."""

    challenge: Path
    solutions: tuple[Solution, ...]
    copies: int
    """Submissions that are made of each solution."""

    rounds: int

    @property
    def id(self) -> str:
        return self.challenge.name

    @property
    def tests(self) -> Path:
        return self.challenge / "tests/hidden"

    @property
    def image(self) -> str:
        """The kind of the candidate's image."""
        return self._manifest()["image"]

    @property
    def call_timeout_s(self) -> float:
        return seconds(self._manifest().get("limits", {}).get("call_timeout", "30s"))

    def sealed(self) -> dict[str, str]:
        """The group of each test, as suite.lock has them."""
        lock = tomllib.loads((self.challenge / "suite.lock").read_text(encoding="utf-8"))
        return {test["id"]: test["group"] for test in lock["tests"]}

    def _manifest(self) -> dict:
        return tomllib.loads((self.challenge / "challenge.toml").read_text(encoding="utf-8"))


def seconds(text: str) -> float:
    """A duration as manifests write it, such as `1m 30s`. Raises ValueError."""
    parts = re.findall(r"([\d.]+)\s*([a-z]+)", text)
    if not parts or any(unit not in UNITS_S for _, unit in parts):
        raise ValueError(f"{text!r} is not a duration")
    return sum(float(figure) * UNITS_S[unit] for figure, unit in parts)


def small() -> Suite:
    """Nine quick tests of functions, callbacks and programs: what is measured is mostly the way to them."""
    wrong = frozenset({"functions", "callbacks", "programs"})
    solutions = (
        Solution("right", HOSTILE / "right", frozenset()),
        Solution("wrong", HOSTILE / "base", wrong),
    )
    return Suite(ROOT / "tests/fixtures/challenges/target", solutions, copies=8, rounds=7)


def real(challenge: str, names: Iterable[str], copies: int, rounds: int) -> Suite:
    """A challenge that is shipped, with its reference and samples."""
    folder = ROOT / "challenges" / challenge
    samples = [load(folder, name) for name in names]
    solutions = tuple(Solution(one.name, one.folder, one.fails or frozenset()) for one in samples)
    return Suite(folder, solutions, copies, rounds)


SUITES = {
    "target": small,
    "courier-retry": lambda: real("courier-retry", ["reference", "correct-stdlib-threads"], 1, 3),
}


@dataclass(frozen=True)
class Submission:
    """A copy of a solution with bytes of its own."""

    name: str
    folder: Path
    solution: Solution


def make(suite: Suite, folder: Path, copies: int, first: int) -> list[Submission]:
    """Copies of each solution in turn, numbered from `first` so that names keep their order."""
    found = []
    for round_ in range(copies):
        for place, solution in enumerate(suite.solutions):
            number = first + round_ * len(suite.solutions) + place
            name = f"{number:03}-{solution.name}"
            copied = copy(solution.folder, folder / name, f"submission {number}", required(suite.challenge))
            found.append(Submission(name, copied, solution))
    return found


@dataclass(frozen=True)
class Outcome:
    """What a grading found, in whatever way it was done."""

    passed: frozenset[str]
    seen: frozenset[str]
    """Tests that ran, passed or not."""

    problem: str | None = None
    """Why it is no grading at all."""


def of_report(report: dict) -> Outcome:
    """From a report of takehome."""
    tests = report["tests"]
    passed = frozenset(test["id"] for test in tests if test["outcome"] == "passed")
    seen = frozenset(test["id"] for test in tests if test["outcome"] != "not_run")
    fault = report["fault"] or {}
    problem = None
    if report["verdict"] != "graded":
        problem = f"{report['verdict']}: {fault.get('message')}"
    elif len(passed) == len(tests) and report["score"] != 100:
        problem = f"every test passed and the score is {report['score']}"
    return Outcome(passed, seen, problem)


def of_pytest(code: int, said: str, ids: Iterable[str]) -> Outcome:
    """From the short summary of a plain pytest, which exits with 0 or with 1 when a test failed."""
    known = sorted(ids, key=len, reverse=True)
    outcomes: dict[str, set[str]] = {}
    for line in said.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("PASSED", "FAILED", "ERROR"):
            # A reason follows the name; what matches no sealed name is kept to be complained of.
            named = next((one for one in known if rest == one or rest.startswith(f"{one} - ")), rest)
            outcomes.setdefault(named, set()).add(word)
    passed = frozenset(name for name, words in outcomes.items() if words == {"PASSED"})
    problem = None if code in (0, 1) else f"exit {code}: {said[-500:]}"
    return Outcome(passed, frozenset(outcomes), problem)


def complaints(
    sealed: Mapping[str, str], expected: Iterable[Submission], outcomes: Mapping[str, Outcome]
) -> list[str]:
    """Every grading that failed, is missing, or did not find what it should."""
    found = []
    for submission in expected:
        outcome = outcomes.get(submission.name)
        if outcome is None:
            found.append(f"{submission.name}: no result")
            continue
        lost = {group for test, group in sealed.items() if test not in outcome.passed}
        if outcome.problem is not None:
            found.append(f"{submission.name}: {outcome.problem}")
        elif outcome.seen != sealed.keys():
            odd = sorted(outcome.seen.symmetric_difference(sealed))
            found.append(f"{submission.name}: other tests ran than are sealed: {', '.join(odd[:3])}")
        elif lost != submission.solution.fails:
            wanted = sorted(submission.solution.fails)
            found.append(f"{submission.name}: lost tests of {sorted(lost)} and not of {wanted}")
    return found
