"""The group `parsing`: only valid texts. CANARY-new-challenge"""

import random

import pytest
from support import typed

pytestmark = pytest.mark.group("parsing")


@pytest.fixture(scope="module")
def answers(sandbox, seed):
    """Many texts in one process: run once, assert many."""
    rng = random.Random(seed)
    texts = [typed(rng) for _ in range(50)]
    with sandbox.scenario() as solution, solution.worker() as worker:
        return [(text, seconds, worker.call("durations:parse", text)) for text, seconds in texts]


@pytest.mark.critical(cap=70)
def test_several_parts_add_up(answers):
    for text, seconds, answer in answers:
        assert answer == seconds, text


def test_the_answer_is_a_whole_number(answers):
    assert {type(answer) for _, _, answer in answers} == {int}


@pytest.mark.parametrize(("unit", "seconds"), [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)])
def test_each_unit_alone(solution, unit, seconds):
    assert solution.call("durations:parse", f"1{unit}") == seconds


def test_spaces_around_and_between_change_nothing(solution):
    assert solution.call("durations:parse", "  2h   5s ") == 7205


def test_a_number_may_be_larger_than_the_next_unit(solution):
    assert solution.call("durations:parse", "0h 1000000000000m") == 60_000_000_000_000


def test_zero_is_a_duration(solution):
    assert solution.call("durations:parse", "0s") == 0
