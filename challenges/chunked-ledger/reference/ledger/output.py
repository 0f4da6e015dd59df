"""Writing files that appear complete or not at all."""

import contextlib
import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from ledger.totals import Totals

HEADER = "merchant,currency,month,n,gross,fees,mean,std_pop,max_amount,first_ts,last_ts,active_days"


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A file that takes the place of `path` when the block ends well, and is removed when it does not."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_totals(totals: Totals, file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    writer.writerows(totals.rows())
