"""What became of each item, and the file that tells it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from harvest.manifest import Item


class Status(StrEnum):
    OK = "ok"
    HTTP_ERROR = "http_error"
    NET_ERROR = "net_error"
    TIMEOUT = "timeout"
    BAD_PAYLOAD = "bad_payload"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Outcome:
    status: Status
    http_status: int | None = None
    value: Any = None


class Output:
    """JSON Lines, one record for each item, each on its way to the disk as soon as it is known."""

    def __init__(self, path: Path, items: Sequence[Item]) -> None:
        self.all_ok = True
        # A dict, because it keeps the order of the manifest.
        self._missing = dict.fromkeys(item.id for item in items)
        # Line buffering: whoever reads or kills us finds whole records.
        self._file = path.open("w", encoding="utf-8", buffering=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, item_id: str, outcome: Outcome) -> None:
        del self._missing[item_id]
        self.all_ok &= outcome.status is Status.OK
        record = {
            "id": item_id,
            "status": outcome.status,
            "http_status": outcome.http_status,
            "value": outcome.value,
        }
        # ASCII only: a body may hold "\ud800", which is valid JSON and cannot be written as UTF-8.
        self._file.write(json.dumps(record) + "\n")

    def cancel_the_rest(self) -> None:
        for item_id in list(self._missing):
            self.write(item_id, Outcome(Status.CANCELLED))
