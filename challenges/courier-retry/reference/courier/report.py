"""What became of each event, and the file that tells it."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Outcome(StrEnum):
    OK = "ok"
    REJECTED = "rejected"
    GAVE_UP = "gave_up"
    CANCELLED = "cancelled"


@dataclass
class Record:
    """The account of one event. It starts as cancelled, so an interrupted run is reported as it stands."""

    id: str
    outcome: Outcome = Outcome.CANCELLED
    attempts: int = 0
    last_error: str | None = None

    def close(self, outcome: Outcome) -> None:
        self.outcome = outcome
        if outcome is Outcome.OK:
            self.last_error = None


def write_report(path: Path, records: list[Record]) -> None:
    """Write to a neighbour and rename, so that nobody reads half a report."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as out:
        for record in records:
            line = {
                "id": record.id,
                "outcome": record.outcome.value,
                "attempts": record.attempts,
                "last_error": record.last_error,
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    partial.replace(path)
