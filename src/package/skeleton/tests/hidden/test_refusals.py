"""The group `refusals`: only texts that are no duration. CANARY-new-challenge"""

import pytest

pytestmark = pytest.mark.group("refusals")


def refused(solution, text):
    with pytest.raises(ValueError):
        solution.call("durations:parse", text)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_no_duration(solution, text):
    refused(solution, text)


@pytest.mark.parametrize("text", ["15", "1h 15"])
def test_a_number_needs_a_unit(solution, text):
    refused(solution, text)


@pytest.mark.parametrize("text", ["1h 1h", "30m 1h"])
def test_units_come_once_and_the_larger_first(solution, text):
    refused(solution, text)


@pytest.mark.parametrize("text", ["-1h", "1.5h", "1h, 30m", "1h and 30m"])
def test_what_stands_between_the_parts_is_not_overlooked(solution, text):
    refused(solution, text)


def test_digits_of_other_scripts_are_none(solution):
    refused(solution, "\N{ARABIC-INDIC DIGIT THREE}h")
