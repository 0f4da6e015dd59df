"""Output in no encoding: all 256 byte values, overlong and cut sequences, a mark of another encoding."""

import os

BYTES = (
    bytes(range(256))
    + b"\xc0\xaf\xed\xa0\x80\xf8\x88\x80\x80\x80\xff\xfe\xef\xbb\xbf\xe2\x80"
    + b"\x1b[31m\xe2"
)
TESTS = ("total_adds", "words_are_counted", "roman_numerals", "what_has_no_numeral_is_a_value_error", "apply")
LINES = b"".join(b"\nPASSED tests/test_work.py::test_%s\n" % test.encode() for test in TESTS)


def on_call(name, value, *args):
    os.write(1, LINES + b"PASSED tests/test_work.py::test_the_command_prints_the_sum\n")
    for fd in (1, 2):
        os.write(fd, BYTES)
    if name == "fetch":
        os.abort()
    return BYTES if name != "total" else value


def on_run(argv):
    for fd in (1, 2):
        os.write(fd, BYTES * 100)
    os._exit(7)
