"""What a sample of this family is, and the archives that most of them start from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from formats import Entry, member, tar, zip_archive

HERE = Path(__file__).resolve().parent
REFUSED = "the archive is refused before anything of it is written or run"
HARMLESS = "what is hostile in it is left out or never run: the right solution beside it keeps its score"

EVIL = b'raise SystemExit("this must never run")\n'
RIGHT = {name.encode(): (HERE.parent / "right" / name).read_bytes() for name in ("work.py", "trick.py")}
WRONG = {name.encode(): (HERE.parent / "base" / name).read_bytes() for name in ("work.py", "trick.py")}


@dataclass(frozen=True)
class Sample:
    slug: str
    summary: str
    suffix: str
    fault: str | None
    most: float | None
    make: Callable[[], bytes]

    @property
    def archive(self) -> str:
        return f"submission.{self.suffix}"

    def expected(self) -> str:
        lines = [f'summary = "{self.summary}"']
        if self.fault is not None:
            lines += ['outcome = "candidate_fault"', f'fault = "{self.fault}"']
        elif self.most is not None:
            lines += ['outcome = "graded"', f"score_at_most = {self.most:g}"]
        else:
            lines += ['outcome = "graded"', 'over = "right"', "score_at_least = 100"]
        why = REFUSED if self.fault is not None else HARMLESS
        if self.most is not None:
            why = "which of two readings counts is a question of the intake alone"
        return "\n".join([*lines, "control = []", f'control_why = "{why}"']) + "\n"


SAMPLES: list[Sample] = []


def refused(slug: str, fault: str, summary: str, suffix: str) -> Callable[[Callable[[], bytes]], None]:
    return lambda make: SAMPLES.append(Sample(slug, summary, suffix, fault, None, make))


def harmless(slug: str, summary: str, suffix: str) -> Callable[[Callable[[], bytes]], None]:
    return lambda make: SAMPLES.append(Sample(slug, summary, suffix, None, None, make))


def no_gain(slug: str, summary: str, suffix: str) -> Callable[[Callable[[], bytes]], None]:
    return lambda make: SAMPLES.append(Sample(slug, summary, suffix, None, 10, make))


def zipped(*more: Entry, files: dict[bytes, bytes] = RIGHT, **options: object) -> bytes:
    """The solution, then `more`."""
    return zip_archive(*(Entry(name, data) for name, data in files.items()), *more, **options)


def tarred(*more: bytes, files: dict[bytes, bytes] = RIGHT) -> bytes:
    return tar(*(member(name, data) for name, data in files.items()), *more)


def two_directories() -> tuple[bytes, bytes, bytes]:
    """Both solutions in one zip: the files, the right one's directory, the wrong one's."""
    body, directories = b"", []
    for files in (RIGHT, WRONG):
        directory = b""
        for name, data in files.items():
            entry = Entry(name, data)
            directory += entry.central(len(body))
            body += entry.local()
        directories.append(directory)
    return body, *directories
