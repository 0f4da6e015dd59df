"""A wrong solution: only `total` is right. `trick` is what a sample adds, asked at every opportunity."""

import sys

import trick


def total(numbers):
    return trick.on_call("total", sum(numbers), numbers)


def words(text):
    return trick.on_call("words", {}, text)


def roman(n):
    return trick.on_call("roman", "", n)


def apply(function, values):
    return trick.on_call("apply", [], function, values)


def fetch(url):
    return trick.on_call("fetch", "", url)


if __name__ == "__main__":
    trick.on_run(sys.argv[1:])
