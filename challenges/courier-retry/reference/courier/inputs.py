"""The two input files."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Event:
    id: str
    payload: Any


@dataclass(frozen=True)
class BreakerPolicy:
    failures: int
    cooldown_ms: int


@dataclass(frozen=True)
class Policy:
    base_ms: int
    cap_ms: int
    max_attempts: int
    attempt_timeout_ms: int
    event_deadline_ms: int
    parallel: int
    breaker: BreakerPolicy | None


def load_events(path: Path) -> list[Event]:
    with path.open(encoding="utf-8") as lines:
        return [Event(**json.loads(line)) for line in lines]


def load_policy(path: Path) -> Policy:
    raw = json.loads(path.read_text(encoding="utf-8"))
    breaker = raw.pop("breaker")
    return Policy(**raw, breaker=None if breaker is None else BreakerPolicy(**breaker))
