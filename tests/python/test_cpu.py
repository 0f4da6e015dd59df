"""CPU that no parent waits for, over control group accounts that the test writes."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import write_files
from takehome_agent.cpu import TOLERANCE_S, CpuMeter, candidate_seconds
from takehome_pytest import Sandbox

V1 = ("123000000000\n", b"", 1e-9)
V2 = ("usage_usec 123000000\nuser_usec 5\nsystem_usec 6\n", b"usage_usec", 1e-6)


@pytest.mark.parametrize(("text", "key", "unit"), [V1, V2], ids=["cgroup v1", "cgroup v2"])
def test_the_groups_account_is_read_without_our_own_part(
    tmp_path: Path, text: str, key: bytes, unit: float
) -> None:
    file = tmp_path / "account"
    file.write_text(text)
    own = time.process_time()
    seconds = candidate_seconds(((str(tmp_path / "absent"), key, unit), (str(file), key, unit)))
    assert seconds is not None
    assert 123 - time.process_time() <= seconds <= 123 - own


@pytest.mark.parametrize("text", ["", "many\n", "usage_usec\n", "user_usec 5\n"])
def test_accounts_that_cannot_be_read_tell_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "account"
    file.write_text(text)
    assert candidate_seconds(((str(file), b"usage_usec", 1e-6), (str(file), b"", 1e-9))) is None


def test_outside_of_a_container_nobody_tells() -> None:
    assert os.getpid() != 1
    assert candidate_seconds() is None
    assert CpuMeter().correct(1.5) == 1.5


def test_a_meter_corrects_what_is_clearly_too_little() -> None:
    level = [7.0]
    meter = CpuMeter(lambda: level[0])
    level[0] = 9.0
    assert meter.correct(0.5) == 2.0
    assert meter.correct(2.0 - TOLERANCE_S / 2) == 2.0 - TOLERANCE_S / 2
    assert meter.correct(3.0) == 3.0
    meter.restart()
    assert meter.correct(0.5) == 0.5


# The account of a group of one's own: what all processes below the agent have used, the reaped and those
# that nobody waits for. The workers of this test write down what they used.
ACCOUNT = """
    import os, sys
    from takehome_agent import cpu

    def seconds():
        try:
            return sum(map(float, open(os.environ["USED"]).read().split()))
        except OSError:
            return 0.0

    cpu.CpuMeter.__init__.__defaults__ = (seconds,)
"""
SUBMISSION = {
    "work.py": """
        import os, signal, sys, time

        def burn(path, seconds):
            end = time.process_time() + seconds
            while time.process_time() < end: pass
            with open(path, "a") as file: file.write(f" {time.process_time()}")

        def hide(path, seconds=0.3):
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            if os.fork() == 0:
                burn(path, seconds)
                os._exit(0)
            try: os.wait()
            except ChildProcessError: pass

        if __name__ == "__main__": hide(sys.argv[1])
    """,
}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("account") / "used"


@pytest.fixture(scope="module")
def sandbox(
    used: Path, open_sandbox: Callable[..., Sandbox], tmp_path_factory: pytest.TempPathFactory
) -> Sandbox:
    with pytest.MonkeyPatch.context() as patch:
        folder = write_files(
            tmp_path_factory.mktemp("preloaded"), {"own_account.py": textwrap.dedent(ACCOUNT)}
        )
        patch.syspath_prepend(folder)
        patch.setenv("USED", str(used))
        return open_sandbox(SUBMISSION, preload=["own_account"])


def test_a_program_pays_for_children_that_it_does_not_wait_for(sandbox: Sandbox, used: Path) -> None:
    with sandbox.scenario() as solution:
        assert solution.run(["python", "work.py", str(used)], timeout=60).cpu_s >= 0.3


def test_beside_another_program_only_the_unit_pays(sandbox: Sandbox, used: Path) -> None:
    sandbox.ask("account", {})
    with sandbox.scenario() as solution:
        other = solution.start(["python", "-c", "import time; time.sleep(600)"])
        assert solution.run(["python", "work.py", str(used)], timeout=60).cpu_s < 0.3
        assert other.running
    assert sandbox.ask("account", {})["usage"]["cpu_ms"] >= 300
    assert sandbox.ask("account", {})["usage"]["cpu_ms"] == 0


def test_a_unit_pays_for_calls_that_do_not_wait(sandbox: Sandbox, used: Path) -> None:
    sandbox.ask("account", {})
    with sandbox.scenario() as solution:
        solution.call("work:hide", str(used), timeout=60)
    assert sandbox.ask("account", {})["usage"]["cpu_ms"] >= 300
