"""Making mutants: what comes out is a change that compiles and may behave differently."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from takehome_mutate.mutants import Mutant, mutants_of
from takehome_wire.frames import FrameBuffer, encode_frame

IMAGES = Path(__file__).parents[2] / "images"

SOURCE = """\
from module import Missing


def first(numbers: list[int] | None, limit: int = 3) -> int | str:
    try:
        if limit == 0 and numbers:
            return numbers[0]
    except (Missing.Error, KeyError):
        pass
    return -1
"""


@pytest.fixture
def dropped() -> Counter[str]:
    return Counter()


def applied(text: str, mutant: Mutant) -> str:
    lines = text.split("\n")
    start = mutant.line - 1
    assert lines[start : start + len(mutant.original)] == mutant.original
    lines[start : start + len(mutant.original)] = mutant.mutated
    return "\n".join(lines)


def test_every_mutant_compiles_differs_and_comes_once(dropped: Counter[str]) -> None:
    texts = [applied(SOURCE, mutant) for mutant in mutants_of(SOURCE, dropped)]
    assert SOURCE not in texts
    assert len(set(texts)) == len(texts)
    for text in texts:
        compile(text, "mutant.py", "exec")


def test_a_mutant_names_its_line_and_operator(dropped: Counter[str]) -> None:
    found = {(mutant.line, mutant.operator) for mutant in mutants_of(SOURCE, dropped)}
    assert (6, "core/ReplaceAndWithOr") in found
    assert (6, "core/ReplaceComparisonOperator_Eq_NotEq") in found
    assert (7, "core/NumberReplacer") in found


def test_annotations_are_no_behaviour(dropped: Counter[str]) -> None:
    mutants = list(mutants_of(SOURCE, dropped))
    assert dropped["annotations"] > 0
    assert not [mutant for mutant in mutants if "BitOr" in mutant.operator]
    assert [mutant for mutant in mutants if mutant.line == 4], "the default is behaviour"


def test_an_operator_that_fails_costs_only_its_own_mutant(dropped: Counter[str]) -> None:
    assert list(mutants_of(SOURCE, dropped))
    assert dropped["failed"] == 1, "cosmic-ray cannot replace a dotted exception in a tuple"


def test_a_removed_decorator_is_a_removed_line(dropped: Counter[str]) -> None:
    text = "import abc\n\n\nclass A:\n    @abc.abstractmethod\n    def f(self): ...\n"
    removed = [mutant for mutant in mutants_of(text, dropped) if mutant.operator == "core/RemoveDecorator"]
    assert [applied(text, mutant) for mutant in removed] == [text.replace("    @abc.abstractmethod\n", "")]


def test_blank_lines_before_a_removed_decorator_are_no_part_of_the_change(dropped: Counter[str]) -> None:
    text = "import functools\n\n\n@functools.cache\ndef f():\n    return None\n"
    removed = [mutant for mutant in mutants_of(text, dropped) if mutant.operator == "core/RemoveDecorator"]
    assert [(mutant.line, mutant.original) for mutant in removed] == [(4, ["@functools.cache"])]


def run(files: dict[str, bytes], names: list[str]) -> tuple[int, list[dict[str, object]]]:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    data = archive.getvalue()
    message = encode_frame({"type": "mutate", "reference_bytes": len(data), "files": names})
    done = subprocess.run(
        [sys.executable, "-m", "takehome_mutate"],
        input=message + data,
        capture_output=True,
        timeout=60,
        env={"PYTHONPATH": f"{IMAGES / 'mutate'}:{IMAGES / 'agent'}"},
    )
    frames, buffer = [], FrameBuffer()
    buffer.feed(done.stdout)
    while (frame := buffer.next_frame()) is not None:
        frames.append(frame)
    assert len(buffer) == 0
    return done.returncode, frames


def test_mutants_travel_as_frames_and_the_last_one_says_what_was_left_out() -> None:
    code, frames = run({"pkg/a.py": SOURCE.encode(), "pkg/b.py": b"x = 1\n"}, ["pkg/a.py"])
    assert code == 0
    assert {frame["file"] for frame in frames[:-1]} == {"pkg/a.py"}
    assert {frame["type"] for frame in frames[:-1]} == {"mutant"}
    assert frames[-1]["type"] == "done"
    assert set(frames[-1]["dropped"]) == {"annotations", "failed", "invalid", "same"}  # type: ignore[call-overload]


@pytest.mark.parametrize("data", [b"def broken(:\n", b"x = '\xff'\n"])
def test_what_is_no_python_is_named(data: bytes) -> None:
    code, frames = run({"a.py": data}, ["a.py"])
    assert code == 1
    assert frames[-1]["type"] == "broken"
    assert str(frames[-1]["message"]).startswith("a.py: ")
