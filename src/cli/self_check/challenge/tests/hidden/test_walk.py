"""A suite has at least one test."""

import pytest


@pytest.mark.group("correctness")
def test_a_walk_of_no_steps_stays_where_it_is(solution):
    assert solution.call("spin:walk", 7, 0) == 7
