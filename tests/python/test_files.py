"""The candidate's files: what tests may touch, and what hostile trees cannot do to the agent."""

from __future__ import annotations

import io
import os
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from takehome_agent import scratch
from takehome_pytest import Sandbox, Solution

SUBMISSION = {
    "a.txt": "pristine",
    "deep/b.txt": "b",
    "mess.py": """
        import os, sys
        match sys.argv[1]:
            case "links":
                os.symlink("/etc/passwd", "passwd"); os.symlink("/etc", "etc"); os.mkfifo("fifo")
                os.symlink("a.txt", "inside"); os.symlink("/nowhere/x", "dangling")
            case "modes":
                os.makedirs("m/n/o"); open("m/n/o/f", "w").close()
                os.chmod("m/n/o", 0); os.chmod("m/n", 0); os.chmod("m", 0)
            case "deep":
                for _ in range(600): os.mkdir("d"); os.chdir("d")
            case "many":
                for i in range(3000): open(f"f{i}", "w").close()
            case "replace":
                os.rename("a.txt", "moved"); os.mkdir("a.txt"); open("deep/b.txt", "w").write("changed")
                os.chmod("..", 0)
            case "names":
                for i in range(1, 6): os.mkdir(f"../.takehome-{i}"); open(f"../.takehome-{i}/x", "w").close()
                os.makedirs("p/q/r/s")
                open(b"\\xff\\n", "w").close()
            case "notes":
                for place in ("STATE_DIR", "TMPDIR"):
                    os.utime(os.environ[place], (5, 5))
                    try: os.setxattr(os.environ[place], "user.note", b"for the next one")
                    except (AttributeError, OSError): pass
            case "hole":
                with open("hole", "wb") as f: f.truncate(1 << 40)
    """,
}


@pytest.fixture(scope="module")
def sandbox(open_sandbox: Callable[[dict[str, str]], Sandbox]) -> Sandbox:
    return open_sandbox(SUBMISSION)


@pytest.fixture
def solution(sandbox: Sandbox) -> Iterator[Solution]:
    with sandbox.scenario() as solution:
        yield solution


def test_what_is_put_can_be_got(solution: Solution) -> None:
    solution.put("new/folder/x.bin", b"\0\xff")
    assert solution.get("new/folder/x.bin") == b"\0\xff"
    solution.put("new/folder/x.bin", "shorter")
    assert solution.get(solution.work_dir + "/new/folder/x.bin") == b"shorter"
    solution.put(solution.tmp_dir + "/t", "")
    assert solution.get(solution.tmp_dir + "/t") == b""


def test_large_files_are_streamed(solution: Solution) -> None:
    solution.put("big", (b"%07d\n" % n for n in range(1_300_000)))
    data = solution.get("big")
    assert len(data) == 8 * 1_300_000
    assert data.endswith(b"1299999\n")
    solution.put("empty", iter(()))
    assert solution.get("empty") == b""
    with pytest.raises(OSError, match="more than 10 bytes"):
        solution.get("big", max_bytes=10)


def test_listing(solution: Solution) -> None:
    assert solution.list() == ["a.txt", "deep/", "mess.py"]
    assert solution.list(recursive=True) == ["a.txt", "deep/b.txt", "mess.py"]
    assert solution.list("deep") == ["b.txt"]


def test_missing_files_and_folders_are_ordinary_errors(solution: Solution) -> None:
    with pytest.raises(FileNotFoundError):
        solution.get("missing")
    with pytest.raises(FileNotFoundError):
        solution.list("missing")
    with pytest.raises(IsADirectoryError):
        solution.get("deep")
    with pytest.raises(NotADirectoryError):
        solution.get("a.txt/x")


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../etc/passwd", "/", "\0", "deep/../../../x"])
def test_paths_elsewhere_are_refused(solution: Solution, path: str) -> None:
    with pytest.raises(ValueError):
        solution.get(path)
    with pytest.raises(ValueError):
        solution.put(path, "x")


def test_links_and_pipes_are_never_followed(solution: Solution) -> None:
    assert solution.run(["python", "mess.py", "links"]).exit_code == 0
    for path in ("passwd", "etc/passwd", "inside", "dangling", "fifo"):
        with pytest.raises(OSError):
            solution.get(path)
        with pytest.raises(OSError):
            solution.put(path, "x")
    assert "etc" in solution.list(recursive=True)


def test_the_holes_of_a_sparse_file_are_not_read_for_ever(solution: Solution) -> None:
    if solution.run(["python", "mess.py", "hole"]).exit_code != 0:
        pytest.skip("no sparse files of this size here")
    with pytest.raises(OSError, match="more than"):
        solution.get("hole", max_bytes=16 << 20)


@pytest.mark.parametrize("mess", ["links", "modes", "deep", "many", "replace", "names", "hole", "notes"])
def test_every_scenario_starts_pristine(sandbox: Sandbox, mess: str) -> None:
    with sandbox.scenario() as solution:
        solution.run(["python", "mess.py", mess])
        solution.put(solution.state_dir + "/kept", "x")
    with sandbox.scenario() as solution:
        assert solution.list(recursive=True) == ["a.txt", "deep/b.txt", "mess.py"]
        assert solution.get("a.txt") == b"pristine"
        assert solution.get("deep/b.txt") == b"b"
        for place in (solution.state_dir, solution.tmp_dir):
            assert solution.list(place) == []
            status = os.stat(place)
            assert (status.st_mode & 0o777, status.st_mtime > 1000) == (0o700, True)
            assert not hasattr(os, "listxattr") or os.listxattr(place) == []


def test_emptying_stops_at_its_deadline(tmp_path: Path) -> None:
    for index in range(100):
        (tmp_path / str(index)).touch()
    assert not scratch.empty_directory(str(tmp_path), time.monotonic() - 1)
    assert scratch.empty_directory(str(tmp_path), time.monotonic() + 5)
    assert os.listdir(tmp_path) == []


def test_emptying_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "kept").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert not scratch.empty_directory(str(tmp_path / "link"), time.monotonic() + 5)
    assert (tmp_path / "real" / "kept").exists()


def archive(*entries: tuple[str, bytes, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, kind, data in entries:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(data), "/etc/passwd"
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        archive(("../x", tarfile.REGTYPE, b"x")),
        archive(("/x", tarfile.REGTYPE, b"x")),
        archive(("a//b", tarfile.REGTYPE, b"x")),
        archive(("a/./b", tarfile.REGTYPE, b"x")),
        archive(("x", tarfile.SYMTYPE, b"")),
        archive(("x", tarfile.LNKTYPE, b"")),
        archive(("x", tarfile.DIRTYPE, b"")),
        archive(("x", tarfile.FIFOTYPE, b"")),
        archive(("x", tarfile.CHRTYPE, b"")),
        b"not a tar at all, and long enough to be looked at" * 50,
        archive(("x", tarfile.REGTYPE, b"x" * 5000))[:2000],
    ],
)
def test_an_archive_of_anything_but_regular_files_is_refused(data: bytes) -> None:
    with pytest.raises(scratch.BadArchive):
        scratch.Submission(data)


def test_executable_files_stay_executable(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, mode in (("run", 0o755), ("x" * 150 + "/ä", 0o600)):
            info = tarfile.TarInfo(name)
            info.mode, info.size = mode, 2
            tar.addfile(info, io.BytesIO(b"ok"))
    scratch.Submission(buffer.getvalue()).unpack(str(tmp_path / "s"))
    assert os.access(tmp_path / "s/run", os.X_OK)
    assert (tmp_path / "s" / ("x" * 150) / "ä").read_bytes() == b"ok"
