"""What the agent reads from the kernel."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from takehome_agent import kernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", 3),
        ("low 0\nhigh 0\nmax 12\noom 2\noom_kill 1\noom_group_kill 0\n", 1),
        ("oom_kill_disable 0\nunder_oom 0\n", None),
        ("oom_kill many\n", None),
        ("", None),
    ],
    ids=["v1", "v2", "old v1", "garbage", "empty"],
)
def test_oom_kills_are_read_from_either_cgroup_version(tmp_path: Path, text: str, count: int | None) -> None:
    (tmp_path / "counter").write_text(text)
    assert kernel.oom_kills((str(tmp_path / "missing"), str(tmp_path / "counter"))) == count


def test_outside_of_a_container_nobody_tells_of_oom_kills() -> None:
    assert kernel.oom_kills() is None


def test_the_table_knows_us_and_our_children(tmp_path: Path) -> None:
    # A command's name may contain what separates the fields.
    odd = tmp_path / "a) Z 1 (b"
    odd.symlink_to(sys.executable)
    child = subprocess.Popen([str(odd), "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        info = kernel.process_info(child.pid)
        assert info is not None
        assert (info.pid, info.parent, info.session) == (child.pid, os.getpid(), child.pid)
        assert info.state in "RSD"
        assert info.alive
        assert child.pid in [below.pid for below in kernel.descendants(os.getpid())]
        assert kernel.peak_memory_bytes(child.pid) > 0
        child.kill()
        give_up = time.monotonic() + 5
        while (zombie := kernel.process_info(child.pid)) is None or zombie.state != "Z":
            assert time.monotonic() < give_up
        assert not zombie.alive
    finally:
        child.kill()
        child.wait()
    assert kernel.process_info(child.pid) is None
    assert kernel.peak_memory_bytes(child.pid) == 0


HEADLESS = """
import ctypes, os, threading, time
threading.Thread(target=lambda: time.sleep(60)).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)  # exit, of one thread
"""


def test_a_process_whose_main_thread_has_ended_is_alive_while_others_run() -> None:
    child = subprocess.Popen([sys.executable, "-c", HEADLESS])
    try:
        give_up = time.monotonic() + 10
        while (info := kernel.process_info(child.pid)) is None or info.state != "Z":
            assert time.monotonic() < give_up
            time.sleep(0.01)
        assert info.alive
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()
