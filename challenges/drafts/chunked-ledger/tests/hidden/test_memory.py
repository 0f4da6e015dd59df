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

RUN_S = 180.0
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
def large(sandbox) -> LargeRun:
    return run_large(sandbox, "large")


def assert_done_within_the_limit(run: LargeRun) -> None:
    table = run.result.table()
    assert set(table) == set(run.groups)
    for key, (n, cents) in run.groups.items():
        assert number(table[key]["n"]) == n, key
        assert abs(cents_of(table[key]["gross"]) - cents) <= NEAR_CENTS, key
    assert run.result.peak_memory_bytes <= MEMORY_LIMIT


def test_300_megabytes_fit_the_limit(medium) -> None:
    assert_done_within_the_limit(medium)


def test_600_megabytes_fit_the_limit(large) -> None:
    assert_done_within_the_limit(large)


def test_memory_does_not_grow_with_the_input(medium, large) -> None:
    assert medium.result.exit_code == large.result.exit_code == 0, "a large run failed"
    growth = large.result.peak_memory_bytes - medium.result.peak_memory_bytes
    ratio = growth / (large.input_bytes - medium.input_bytes)
    assert ratio <= GROWTH_LIMIT, (
        f"memory grows by {ratio:.2f} bytes for each byte of input: "
        f"{medium.result.peak_memory_bytes >> 20} MiB, then {large.result.peak_memory_bytes >> 20} MiB"
    )
