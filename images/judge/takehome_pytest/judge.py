"""`python -I -m takehome_pytest.judge`: process 1 of the judge container, between the host and an agent.

Reads the hidden suite from the host and collects it in-process; then each grading is a fork that runs the
units that the host names. Only what these processes themselves observed leaves them; nothing of the candidate
is imported, unpickled or opened.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tarfile
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from takehome_pytest import canary
from takehome_pytest import plugin as author_api
from takehome_pytest.grading import plain_text
from takehome_pytest.judging import JudgePlugin
from takehome_pytest.runner import HostError
from takehome_wire.frames import FrameError, encode_frame, read_exactly, read_frame

SUITE_DIR = "/suite"
_PYTEST = [
    "-p",
    "no:cacheprovider",
    "-p",
    "no:faulthandler",
    "-p",
    "no:junitxml",
    "-p",
    "no:pastebin",
    "-p",
    "no:stepwise",
    "-p",
    "no:logging",
    "-o",
    "addopts=",
    "--strict-markers",
    "--import-mode=prepend",
    "--capture=no",
    "--tb=no",
    "-q",
    "-c",
    "/dev/null",
]


class Host:
    """Frames to and from the host over what were our standard streams."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def send(self, kind: str, **fields: Any) -> None:
        """Send one frame."""
        self._outgoing.write(encode_frame({"type": kind, **fields}))
        self._outgoing.flush()

    def receive(self) -> dict[str, Any] | None:
        """The next frame, None when the host is gone."""
        return read_frame(self._incoming)

    def receive_bytes(self, size: int) -> bytes:
        """Exactly `size` raw bytes."""
        return read_exactly(self._incoming, size)


def main() -> int:
    """Run the judge.

    Exit code: 0 after `end`, 1 when the suite is broken, 2 without a sane host, 128 and a signal's number
    when one ended a grading's process.
    """
    host = _take_streams()
    sys.dont_write_bytecode = True
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        message = host.receive()
        if message is None or message["type"] != "suite":
            return 2
        suite_dir = Path(os.environ.get("TAKEHOME_SUITE_DIR", SUITE_DIR))
        canary.install(str(message["canary"]))
        unpack(host.receive_bytes(int(message["suite_bytes"])), suite_dir)
        return _run_pytest(host, JudgePlugin(host), suite_dir)
    except (FrameError, EOFError, BrokenPipeError, HostError, KeyError, ValueError) as error:
        print(f"takehome judge: {error}", file=sys.stderr)
        return 2


def _run_pytest(host: Host, judge: JudgePlugin, suite_dir: Path) -> int:
    complaint = io.StringIO()
    with contextlib.redirect_stderr(complaint):
        options = ["--rootdir", str(suite_dir), "--confcutdir", str(suite_dir)]
        code = pytest.main([*_PYTEST, *options, str(suite_dir)], plugins=[judge, author_api])
    if judge.exit_code is not None:
        return judge.exit_code
    text = complaint.getvalue()[-1500:].strip() or f"pytest ended with exit code {int(code)}"
    host.send("broken", message=plain_text(text))
    return 1


def unpack(archive: bytes, root: Path) -> None:
    """Write the suite's files, test files with the canary.

    Raises ValueError for an archive that holds anything but regular files.
    """
    root.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        for entry in tar:
            parts = entry.name.split("/")
            if not entry.isreg() or any(part in ("", ".", "..") for part in parts):
                raise ValueError(f"the suite's archive holds {entry.name!r}")
            source = tar.extractfile(entry)
            path = root.joinpath(*parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            data = source.read() if source is not None else b""
            path.write_bytes(canary.sign(data) if canary.belongs_in(entry.name) else data)


def _take_streams() -> Host:
    """Keep the host's channel to ourselves: what a test prints must not land in it.

    Unbuffered, because each grading's process reads on where this one stopped.
    """
    incoming = os.fdopen(os.dup(0), "rb", buffering=0)
    outgoing = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return Host(incoming, outgoing)


if __name__ == "__main__":
    sys.exit(main())
