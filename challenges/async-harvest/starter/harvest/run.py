"""Yours to write: see README.md."""

from pathlib import Path

from harvest.manifest import Item, Options


def harvest(items: list[Item], options: Options, out: Path) -> int:
    """Fetch `items`, write their records to `out`, and return the exit code."""
    raise NotImplementedError("fetch the items")
