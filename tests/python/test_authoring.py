"""The worked example of challenges/AUTHORING.md is a challenge that does what the text says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import IMAGES

TEXT = (IMAGES.parent / "challenges" / "AUTHORING.md").read_text()
FILE = re.compile(r"^```(?:python|toml)\n# (\S+/?\S+\.(?:py|toml))\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def challenge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("merge-intervals")
    for name, text in FILE.findall(TEXT.partition("## A worked example")[2]):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def run(challenge: Path, tests: str, solution: str) -> str:
    path = f"{IMAGES / 'agent'}:{IMAGES / 'judge'}"
    env = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [
        "-m",
        "pytest",
        "-p",
        "takehome_pytest.plugin",
        "-p",
        "no:cacheprovider",
        "-rfE",
        "--strict-markers",
    ]
    options = [str(challenge / tests), f"--solution={challenge / solution}", "--rootdir", str(challenge)]
    return subprocess.run(
        [sys.executable, *command, *options], env=env, capture_output=True, text=True
    ).stdout


def test_the_reference_passes_everything(challenge: Path) -> None:
    assert "1 passed" in run(challenge, "tests/visible", "reference")
    assert "6 passed" in run(challenge, "tests/hidden", "reference")


def test_the_wrong_sample_fails_only_the_group_it_should(challenge: Path) -> None:
    output = run(challenge, "tests/hidden", "samples/wrong-touching-kept")
    failed = re.findall(r"^FAILED \S+/(test_\w+)\.py::", output, re.MULTILINE)
    assert set(failed) == {"test_merging"}, output


def test_every_public_name_is_in_the_text() -> None:
    import takehome_pytest

    missing = [name for name in takehome_pytest.__all__ if name not in TEXT]
    assert missing == []
