"""Output with hyperlinks (OSC 8) that show one address and lead to another, and lines that say PASSED."""

import sys

LINK = "\x1b]8;;http://192.0.2.1/?q=\x1b\\https://example.org/report\x1b]8;;\x1b\\"
TESTS = ("total_adds", "words_are_counted", "roman_numerals", "what_has_no_numeral_is_a_value_error", "apply")


def show():
    for name in (*TESTS, "the_command_prints_the_sum"):
        print(f"PASSED tests/test_work.py::test_{name} {LINK}")
    for stream in (sys.stdout, sys.stderr):
        stream.write(f"\x1b]2;graded: 100\x07{LINK}\x1b]1337;File=inline=1:AAAA\x07\n")


def on_call(name, value, *args):
    show()
    return value


def on_run(argv):
    show()
    sys.exit(1)
