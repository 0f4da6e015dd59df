"""Fixtures of the Python side's own tests. None needs Docker."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "images"
OURS = [*(IMAGES / name for name in ("agent", "judge", "mutate")), ROOT / "scripts", Path(__file__).parent]
sys.path[:0] = map(str, OURS)

from takehome_pytest.programs import Process  # noqa: E402
from takehome_pytest.solution import Limits, Sandbox  # noqa: E402
from takehome_pytest.transport.local import LocalAgent  # noqa: E402

# Machines that run this are busy: no test may fail because an example took long.
hypothesis.settings.register_profile("takehome", deadline=None, max_examples=40)
hypothesis.settings.load_profile("takehome")

LIMITS = Limits(call_timeout_s=10.0, output_bytes=64 << 10, value_bytes=256 << 10)

pytest_plugins = ["pytester"]


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write a submission or a suite."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return folder


@pytest.fixture(scope="module")
def open_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Sandbox]]:
    """Start a local agent for a submission given as files."""
    agents: list[LocalAgent] = []

    def start(files: dict[str, str], **preloading: Any) -> Sandbox:
        folder = write_files(tmp_path_factory.mktemp("submission"), files)
        agent = LocalAgent(folder, seed=7, limits=LIMITS.to_wire(), **preloading)
        agents.append(agent)
        sandbox = Sandbox(LIMITS)
        sandbox.attach(agent.client)
        return sandbox

    yield start
    for agent in agents:
        agent.close()


def wait_for_output(process: Process, text: bytes) -> None:
    """Wait, for seconds at most, until a started program has written `text` to its standard output."""
    give_up = time.monotonic() + 10
    while text not in process.output()[0]:
        assert time.monotonic() < give_up, f"{text!r} did not come"
        time.sleep(0.01)
