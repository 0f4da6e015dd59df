"""Copies of solutions whose outcome is known, as submissions with bytes of their own."""

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

NOT_SENT = shutil.ignore_patterns("__pycache__", "expected.toml")


@dataclass(frozen=True)
class Sample:
    """A solution that a challenge ships."""

    name: str
    """`reference`, `starter`, or the name of a folder below `samples/`."""

    folder: Path
    verdict: str
    fails: frozenset[str] | None
    """Groups that lose tests; `None` where nobody says."""


def load(challenge: Path, name: str) -> Sample:
    """A sample of the challenge in that folder. Raises SystemExit when there is none of that name."""
    folder = challenge / name if name in ("reference", "starter") else challenge / "samples" / name
    if not folder.is_dir():
        raise SystemExit(f"{challenge.name} has no sample {name}")
    if name == "reference":
        return Sample(name, folder, "graded", frozenset())
    if name == "starter":
        return Sample(name, folder, "graded", None)
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    fails = expected.get("fails") if expected["verdict"] == "graded" else None
    return Sample(name, folder, expected["verdict"], None if fails is None else frozenset(fails))


def copy(source: Path, target: Path, mark: str, first: str = "") -> Path:
    """A copy of a solution, told from others by a comment at the end of one file.

    That file is `first`, a path in the solution, where it is there; otherwise its first Python file.
    Raises SystemExit when it has none.
    """
    shutil.copytree(source, target, ignore=NOT_SENT)
    found = [target / first] if first and (target / first).is_file() else sorted(target.rglob("*.py"))
    if not found:
        raise SystemExit(f"{source} has no Python file to write a comment into")
    with found[0].open("a", encoding="utf-8") as file:
        file.write(f"\n# {mark}\n")
    return target


def archive(folder: Path, compressed_tar: bool) -> Path:
    """Packs a folder into a .tar.gz or a .zip beside it and removes it; the archive's path."""
    packed = shutil.make_archive(str(folder), "gztar" if compressed_tar else "zip", root_dir=folder)
    shutil.rmtree(folder)
    return Path(packed)


def required(challenge: Path) -> str:
    """The first file that a challenge's submissions must have."""
    manifest = tomllib.loads((challenge / "challenge.toml").read_text(encoding="utf-8"))
    return manifest["interface"]["required"][0]
