"""Durations that people type."""


def parse(text: str) -> int:
    """The seconds of a duration such as `1h 30m`; ValueError when it is none."""
    raise NotImplementedError
