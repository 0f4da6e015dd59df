"""How the submission's tests behave over its own code."""

import time
from dataclasses import dataclass
from typing import Any

import pytest
from campaign import RUNNER, put_runner, read_results, shown
from takehome_pytest import CandidateException, CandidateFault

pytestmark = pytest.mark.group("hygiene")

LONGEST_S = 20.0
ORDERS = 3


@dataclass(frozen=True)
class Behaviour:
    """Outcomes in the order of definition, in other orders, and alone."""

    plain: dict[str, str]
    took_s: float
    shuffled: list[dict[str, str]]
    alone: dict[str, str]


@pytest.fixture(scope="module")
def behaviour(sandbox: Any, seed: int) -> Behaviour:
    started = time.monotonic()
    plain = ask(sandbox, "run_own", timeout=3 * LONGEST_S)
    took_s = time.monotonic() - started
    seeds = [seed + number for number in range(ORDERS)]
    shuffled = ask(sandbox, "run_shuffled", seeds, timeout=2 * ORDERS * LONGEST_S)
    return Behaviour(
        plain=read_results(plain).results,
        took_s=took_s,
        shuffled=[read_results(run).results for run in shuffled] if isinstance(shuffled, list) else [],
        alone=read_results(ask(sandbox, "run_alone", timeout=3 * LONGEST_S)).results,
    )


def ask(sandbox: Any, function: str, *args: Any, timeout: float) -> Any:
    """Call the runner in a scenario of its own; None when that gives no value."""
    with sandbox.scenario() as solution:
        put_runner(solution)
        try:
            return solution.call(f"{RUNNER}:{function}", *args, timeout=timeout)
        except (CandidateFault, CandidateException, Exception):
            return None


def passing(behaviour: Behaviour) -> list[str]:
    found = [test for test, outcome in behaviour.plain.items() if outcome in ("passed", "slept", "network")]
    assert found, "no test of the suite passes over the submission's own code"
    return found


def test_the_suite_is_green_over_its_own_code(behaviour: Behaviour) -> None:
    passing(behaviour)
    failed = [test for test, outcome in behaviour.plain.items() if outcome == "failed"]
    assert not failed, f"fail over the submission's own code: {shown(failed)}"


def test_the_order_of_tests_does_not_matter(behaviour: Behaviour) -> None:
    passing(behaviour)
    assert len(behaviour.shuffled) == ORDERS, "the suite did not finish in another order"
    for run in behaviour.shuffled:
        other = [test for test, outcome in behaviour.plain.items() if run.get(test) != outcome]
        assert not other, f"another outcome in another order: {shown(other)}"


def test_each_test_gives_the_same_alone(behaviour: Behaviour) -> None:
    other = [test for test in passing(behaviour) if behaviour.alone.get(test) != behaviour.plain[test]]
    assert not other, f"another outcome alone: {shown(other)}"


def test_the_suite_takes_less_than_twenty_seconds(behaviour: Behaviour) -> None:
    passing(behaviour)
    assert behaviour.took_s < LONGEST_S, f"the suite took {behaviour.took_s:.0f} s"


def test_no_test_sleeps_or_uses_the_network(behaviour: Behaviour) -> None:
    passing(behaviour)
    for sin in ("slept", "network"):
        sinners = [test for test, outcome in behaviour.plain.items() if outcome == sin]
        assert not sinners, f"{sin}: {shown(sinners)}"
