"""The records of a CSV file with the lines they start on."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import IO

from ledger.rules import COLUMNS

Record = tuple[str, ...]


class InputUnusable(Exception):
    """The input as a whole cannot be used."""


def read_records(path: Path) -> Iterator[tuple[int, Record]]:
    """Yield (line, the values of COLUMNS) for each record. Raises InputUnusable or OSError."""
    try:
        with open_text(path) as text:
            reader = csv.reader(text)
            pick = itemgetter(*positions(next(reader, [])))
            line = reader.line_num + 1
            for record in reader:
                yield line, pick(record)
                line = reader.line_num + 1
    except (EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise InputUnusable(f"{path} is damaged: {error}") from error


def open_text(path: Path) -> IO[str]:
    # "utf-8-sig" drops a byte order mark; newline="" leaves line ends to the csv module.
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def positions(header: list[str]) -> list[int]:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InputUnusable(f"missing columns: {', '.join(missing)}")
    return [header.index(name) for name in COLUMNS]
