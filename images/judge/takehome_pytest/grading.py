"""State of one grading in the judge, and how a test's phases become one outcome."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass, field

import pytest

from takehome_pytest.faults import CandidateException, CandidateFault
from takehome_pytest.solution import Limits, Sandbox

MAX_MESSAGE_CHARS = 2000
_SEVERITY = ("passed", "not_run", "failed", "timed_out", "crashed", "out_of_memory")


@dataclass
class Result:
    """One test as it goes through setup, call and teardown. Not run until a phase says otherwise."""

    phases: set[str] = field(default_factory=set)
    outcome: str | None = None
    message: str = ""
    started: float = field(default_factory=time.monotonic)

    def add(self, outcome: str, message: str) -> None:
        """Take note of one phase's outcome; the first bad one gives the message, a fault outranks it."""
        if self.outcome is None or _SEVERITY.index(outcome) > _SEVERITY.index(self.outcome):
            self.outcome = outcome
            if message:
                self.message = message

    @property
    def final(self) -> str:
        """The outcome: passed only when all three phases did."""
        if self.outcome == "passed" and self.phases != {"setup", "call", "teardown"}:
            return "failed"
        return self.outcome or "not_run"


class Grading:
    """What belongs to one grading: the sandbox, the seed, the test that runs now."""

    def __init__(self, limits: Limits, seed: int) -> None:
        self.sandbox = Sandbox(limits)
        self.seed = seed
        self.current: Result | None = None

    def observe(self, report: pytest.TestReport, error: BaseException | None) -> None:
        """Take one phase of the current test."""
        if self.current is None:
            return
        self.current.phases.add(report.when or "")
        outcome = classify(report, error)
        message = "" if outcome == "passed" else self._describe(report, error, outcome)
        self.current.add(outcome, message)

    def _describe(self, report: pytest.TestReport, error: BaseException | None, outcome: str) -> str:
        if outcome == "not_run":
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            return plain_text(reason)
        if hasattr(report, "wasxfail"):
            return "xfail is not a pass"
        text = describe_error(error)
        if report.when != "call" and not isinstance(error, CandidateFault):
            text = f"in {report.when}: {text}"
        done = self.sandbox.last_completed
        if not isinstance(error, CandidateFault) and done is not None and done.exit_code != 0:
            text = f"{text[: MAX_MESSAGE_CHARS // 2]}\n{done.describe()}"
        return plain_text(text)


def classify(report: pytest.TestReport, error: BaseException | None) -> str:
    """The outcome that one phase stands for."""
    if isinstance(error, CandidateFault):
        return error.outcome
    if hasattr(report, "wasxfail"):
        return "failed"
    return {"passed": "passed", "skipped": "not_run"}.get(report.outcome, "failed")


def describe_error(error: BaseException | None) -> str:
    """One short reason: the assertion's message, or the exception's type and text."""
    if error is None:
        return "failed"
    try:
        text = str(error)
    except Exception:
        text = ""
    if isinstance(error, (CandidateFault, pytest.fail.Exception)):
        return text or type(error).__name__
    if isinstance(error, AssertionError):
        return text or "assertion failed"
    name = error.type_name if isinstance(error, CandidateException) else type(error).__name__
    return f"{name}: {text}" if text and not text.startswith(name) else text or name


def plain_text(text: str) -> str:
    """At most MAX_MESSAGE_CHARS of text without control, format or surrogate characters; newlines stay."""
    text = text[: 4 * MAX_MESSAGE_CHARS]
    kept = [c if c == "\n" or unicodedata.category(c)[0] != "C" else " " if c == "\t" else "" for c in text]
    plain = "".join(kept).strip()
    return plain if len(plain) <= MAX_MESSAGE_CHARS else plain[: MAX_MESSAGE_CHARS - 1] + "…"
