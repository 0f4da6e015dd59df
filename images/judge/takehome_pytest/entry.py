"""`takehome.toml` of a submission: how its program is started, where the challenge leaves that open."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

from takehome_pytest.faults import CandidateCrashed

FILE = "takehome.toml"
_MAX_BYTES = 64 << 10
_MAX_ARGUMENTS = 50


def read_entry_point(data: bytes | None, default: Sequence[str]) -> list[str]:
    """The `run = [...]` of a submission's takehome.toml, `default` without one. Raises CandidateCrashed."""
    if data is None:
        return list(default)
    try:
        if len(data) > _MAX_BYTES:
            raise ValueError(f"more than {_MAX_BYTES} bytes")
        run = tomllib.loads(data.decode("utf-8")).get("run")
    except (ValueError, RecursionError) as error:
        raise CandidateCrashed(f"{FILE} cannot be read: {error}") from None
    if run is None:
        return list(default)
    if not (isinstance(run, list) and run and len(run) <= _MAX_ARGUMENTS):
        raise CandidateCrashed(f"{FILE}: run must be a list of strings")
    if not all(isinstance(part, str) and "\0" not in part for part in run):
        raise CandidateCrashed(f"{FILE}: run must be a list of strings without NUL")
    return run
