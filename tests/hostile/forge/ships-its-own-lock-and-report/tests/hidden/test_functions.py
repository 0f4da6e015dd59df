"""Hidden tests of its own."""


def test_total_adds():
    pass
