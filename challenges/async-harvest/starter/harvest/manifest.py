"""The command line's options and the input file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Options:
    concurrency: int
    per_origin: int
    timeout_s: float
    deadline_s: float


@dataclass(frozen=True)
class Item:
    id: str
    url: str
    parser: Literal["json", "legacy"]

    @property
    def origin(self) -> tuple[str, str]:
        url = urlsplit(self.url)
        return url.scheme, url.netloc


def load_manifest(path: Path) -> list[Item]:
    with path.open(encoding="utf-8") as lines:
        return [Item(**json.loads(line)) for line in lines]
