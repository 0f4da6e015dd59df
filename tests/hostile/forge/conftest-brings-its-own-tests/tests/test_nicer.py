"""Tests that pass."""


def nothing():
    pass


test_total_adds = test_words_are_counted = test_roman_numerals = nothing
test_what_has_no_numeral_is_a_value_error = test_apply = test_the_command_prints_the_sum = nothing
