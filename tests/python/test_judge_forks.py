"""One judge, several gradings: each a process that knows nothing of the one before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from judge_process import Judge


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Judge]:
    judge = Judge(tmp_path)
    yield judge
    judge.close()


STATEFUL = """
    import os, pytest, random, tempfile, time
    from pathlib import Path
    seen = []
    START = os.getpid()
    @pytest.fixture(scope="session")
    def whole():
        seen.append("session")
        yield
        Path(os.environ["MARK"]).write_text("torn down")
    def test_nothing_was_seen(whole, seed, tmp_path):
        seen.append(seed)
        (tmp_path / "kept").write_text("?")
        assert seen == ["session", seed], seen
        assert os.getpid() != START
        assert False, f"{seed} {random.random()} {tempfile.gettempdir()}"
    def test_is_killed(): os.kill(os.getpid(), 9)
"""


def test_a_judge_grades_again_and_nothing_is_left_of_the_grading_before(
    tmp_path: Path, monkeypatch: Any
) -> None:
    mark = tmp_path / "mark"
    monkeypatch.setenv("MARK", str(mark))
    judge = Judge(tmp_path)
    try:
        judge.collect({"test_x.py": STATEFUL})
        said = []
        for seed in (3, 4, 5):
            if seed > 3:
                judge.begin(seed=seed)
            judge.connect()
            results, _ = judge.run("test_x.py::test_nothing_was_seen")
            (message,) = (message for _, message in results.values())
            said.append(message.split("\n")[0].split())
            assert not mark.exists()
            judge.end()
            assert mark.read_text() == "torn down"
            mark.unlink()
        assert [seed for seed, _, _ in said] == ["3", "4", "5"]
        assert len({number for _, number, _ in said}) == 3, (
            "random numbers are not those of the grading before"
        )
        folders = {folder for _, _, folder in said}
        assert len(folders) == 3
        assert not any(Path(folder).exists() for folder in folders)
        judge.send(type="end")
        assert judge.process.wait(10) == 0
    finally:
        judge.close()


def test_a_judge_whose_grading_is_killed_ends_and_says_how(judge: Judge) -> None:
    judge.collect({"test_x.py": STATEFUL})
    judge.connect()
    judge.send(type="run", ids=["test_x.py::test_is_killed"])
    assert judge.receive()["type"] == "started"
    assert judge.process.wait(10) == 128 + 9


def test_a_suite_that_starts_a_thread_at_import_cannot_be_forked(judge: Judge) -> None:
    suite = "import threading, time\nthreading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
    answer = judge.collect({"test_x.py": suite + "def test_a(): pass\n"})
    assert answer["type"] == "broken"
    assert "starts a thread" in answer["message"]
