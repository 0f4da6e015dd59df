"""About a fifth of what is graded: `python -m pytest tests`.

`solution` runs your code in a process of its own; nothing of it is imported here.
"""

import pytest


@pytest.mark.group("parsing")
def test_an_hour_and_a_half(solution):
    assert solution.call("durations:parse", "1h 30m") == 5400


@pytest.mark.group("refusals")
def test_an_unknown_unit_is_refused(solution):
    with pytest.raises(ValueError):
        solution.call("durations:parse", "3w")
