"""The corpus of hostile samples is well-formed, and its runner tells a gain from none."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/hostile.py"
LEAST_SAMPLES = 120
FAMILIES = {"archives", "design", "escape", "evade", "exhaust", "feedback", "forge", "leak", "timing"}
HONEST = {"base": 10.0, "right": 100.0}


@pytest.fixture(scope="module")
def hostile() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hostile", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["hostile"] = module
    spec.loader.exec_module(module)
    return module


def report(**changes: Any) -> dict[str, Any]:
    graded = {"verdict": "graded", "score": 10.0, "fault": None, "integrity": []}
    tests = [
        {"id": "test_a.py::test_one", "outcome": "passed"},
        {"id": "test_a.py::test_two", "outcome": "failed"},
    ]
    return {**graded, "tests": tests, **changes}


def sample(hostile: ModuleType, **expected: Any) -> Any:
    text = {"summary": "s", "outcome": "graded", "control": [], "control_why": "w", **expected}
    return hostile.Sample("family", "slug", Path(), text)


def test_every_family_has_samples_and_each_is_well_formed(hostile: ModuleType) -> None:
    samples = hostile.load([])
    assert len(samples) >= LEAST_SAMPLES
    assert {sample.family for sample in samples} == FAMILIES
    summaries = Counter(sample.expected["summary"] for sample in samples)
    assert summaries.most_common(1)[0][1] == 1, summaries.most_common(1)
    bite = sum(bool(sample.expected["control"]) for sample in samples)
    assert bite >= len(samples) // 3, "a third at least is known to work elsewhere"


def test_what_is_asked_for_is_chosen_by_family_or_name_and_nothing_is_an_error(hostile: ModuleType) -> None:
    assert {sample.family for sample in hostile.load(["forge"])} == {"forge"}
    one = hostile.load(["forge/patches-reports"])
    assert [sample.slug for sample in one] == ["patches-reports"]
    with pytest.raises(SystemExit, match="no sample"):
        hostile.load(["forge/patches"])


def test_more_than_the_honest_solution_has_is_a_gain(hostile: ModuleType) -> None:
    assert hostile.complaints(sample(hostile), report(), HONEST) == ([], False)
    found, gained = hostile.complaints(sample(hostile), report(score=20.0), HONEST)
    assert gained and found == ["score 20.0, at most 10.0"]
    assert hostile.complaints(sample(hostile, over="right"), report(score=100.0), HONEST) == ([], False)


@pytest.mark.parametrize(
    ("expected", "changes", "complaint"),
    [
        ({"outcome": "candidate_fault"}, {}, "verdict graded"),
        ({"fault": "exits_at_import"}, {"fault": {"code": "other", "message": ""}}, "fault other"),
        ({"over": "right", "score_at_least": 100.0}, {}, "at least 100.0"),
        ({"outcomes": ["timed_out"]}, {}, "no test timed_out"),
        ({"integrity": ["output_capped"]}, {}, "no integrity note output_capped"),
        ({"cpu_ms_at_least": 3000}, {"resources": {"cpu_ms": 2999}}, "2999 ms of CPU, at least 3000"),
    ],
)
def test_each_expectation_is_held(
    hostile: ModuleType, expected: dict[str, Any], changes: dict[str, Any], complaint: str
) -> None:
    found, gained = hostile.complaints(sample(hostile, **expected), report(**changes), HONEST)
    assert len(found) == 1 and complaint in found[0]
    assert not gained


def test_a_control_that_does_not_bite_is_a_complaint(hostile: ModuleType) -> None:
    tests = [{"id": "t.py::test_exit", "outcome": "passed"}, {"id": "t.py::test_junit", "outcome": "failed"}]
    bites = sample(hostile, control=["exit"])
    assert hostile.control_complaints(bites, report(tests=tests)) == []
    too_much = sample(hostile, control=["exit", "junit"])
    assert "junit did not work" in hostile.control_complaints(too_much, report(tests=tests))[0]
