"""Two large ledgers under the sandbox's memory limit, and how memory grows from one to the other.

They are written once and mounted where the candidate can read them: `make_data.py`. Rows are clean, and only
count and gross are asked, roughly: everything else is another group's business.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import Key, Result, cents_of, number, run_in

pytestmark = pytest.mark.group("memory")

MEMORY_LIMIT = 512 << 20
"""As in the manifest. Locally nothing enforces it."""

GROWTH_LIMIT = 0.15
"""Bytes of memory for each byte by which the second input is longer."""

RUN_S = 300.0
NEAR_CENTS = 100


@dataclass(frozen=True)
class LargeRun:
    input_bytes: int
    groups: dict[Key, tuple[int, int]]
    result: Result


def run_large(sandbox: Any, name: str) -> LargeRun:
    private = Path(os.environ.get("TAKEHOME_DATA", "/data"))
    public = os.environ.get("TAKEHOME_DATA_PUBLIC", "/data")
    about = json.loads((private / "expected.json").read_text(encoding="utf-8"))[name]
    with sandbox.scenario() as solution:
        result = run_in(solution, f"{public}/{name}.csv", solution.tmp_dir, timeout=RUN_S, check=True)
    groups = {(m, c, month): (n, cents) for m, c, month, n, cents in about["groups"]}
    return LargeRun(about["bytes"], groups, result)


@pytest.fixture(scope="module")
def medium(sandbox) -> LargeRun:
    return run_large(sandbox, "medium")


@pytest.fixture(scope="module")
def large(sandbox, medium) -> LargeRun:
    """Comes after `medium`: who runs out of memory or time there is not asked for twice as much."""
    return run_large(sandbox, "large")


def assert_every_row_counts(run: LargeRun) -> None:
    table = run.result.table()
    assert {key: number(row["n"]) for key, row in table.items()} == {
        key: n for key, (n, _) in run.groups.items()
    }


def assert_done_within_the_limit(run: LargeRun) -> None:
    assert_every_row_counts(run)
    table = run.result.table()
    for key, (_, cents) in run.groups.items():
        assert abs(cents_of(table[key]["gross"]) - cents) <= NEAR_CENTS, key
    assert run.result.peak_bytes <= MEMORY_LIMIT


def test_300_megabytes_fit_the_limit(medium) -> None:
    assert_done_within_the_limit(medium)


def test_600_megabytes_fit_the_limit(large) -> None:
    assert_done_within_the_limit(large)


def growth(medium: list[LargeRun], large: list[LargeRun]) -> float:
    """Bytes of memory for each further byte of input. Allocators only ever add to what is needed."""
    peaks = [min(run.result.peak_bytes for run in runs) for runs in (medium, large)]
    return (peaks[1] - peaks[0]) / (large[0].input_bytes - medium[0].input_bytes)


def test_memory_does_not_grow_with_the_input(sandbox, medium, large) -> None:
    for run in (medium, large):
        assert_every_row_counts(run)
    runs = [medium], [large]
    if growth(*runs) > GROWTH_LIMIT:
        # Some engines keep tens of megabytes more in one run than in the next; what grows does so each time.
        runs[0].append(run_large(sandbox, "medium"))
        runs[1].append(run_large(sandbox, "large"))
    seen = [", ".join(str(run.result.peak_bytes >> 20) for run in group) for group in runs]
    assert growth(*runs) <= GROWTH_LIMIT, (
        f"memory grows by {growth(*runs):.2f} bytes for each byte of input: {seen[0]} MiB, then {seen[1]} MiB"
    )
