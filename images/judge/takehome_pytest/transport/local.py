"""The agent as a child process, for a laptop without Docker. It protects nothing."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from takehome_pytest.transport import sandbox
from takehome_pytest.transport.client import AgentClient
from takehome_wire.frames import encode_frame, read_frame

_SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", "__pycache__", ".venv", "venv", "node_modules", ".pytest_cache", ".takehome", ".tox"}
)
_MAX_BYTES = 256 << 20
_START = (
    "import sys; sys.path[:] = {path!r}; from takehome_agent.__main__ import main; sys.exit(main({args!r}))"
)


class LocalAgent:
    """A running agent below a temporary directory; `close` leaves nothing of it."""

    def __init__(
        self,
        solution: Path,
        *,
        seed: int,
        limits: Mapping[str, Any],
        preload: Sequence[str] = (),
        warm_programs: bool = False,
    ) -> None:
        """Start it. Raises RuntimeError with its complaint when it does not come up."""
        self._preloading = {"preload": list(preload), "warm_programs": warm_programs}
        archive = pack(solution)
        self._root = tempfile.mkdtemp(prefix="takehome-local-")
        path = [entry for entry in sys.path if entry and os.path.exists(entry)]
        start = _START.format(path=path, args=["--local", self._root])
        self._process = subprocess.Popen(
            [sys.executable, "-c", start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1"},
            start_new_session=True,  # Ctrl-C is for pytest, which then closes us
        )
        try:
            self.client = self._set_up(archive, seed, limits)
        except BaseException:
            self.close()
            raise

    def _set_up(self, archive: bytes, seed: int, limits: Mapping[str, Any]) -> AgentClient:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        token = secrets.token_hex(16)
        prepare = {"type": "prepare", "env": {}, "limits": dict(limits), **self._preloading}
        submission = {"type": "submission", "token": token, "submission_bytes": len(archive), "preload": []}
        stdin.write(encode_frame(prepare) + encode_frame({**submission, "seed": seed}) + archive)
        stdin.flush()
        ready = read_frame(stdout)
        if ready is None or ready["type"] != "ready":
            raise RuntimeError(f"the local agent did not start: {(ready or {}).get('message', 'it exited')}")
        return sandbox.connect(int(ready["port"]), token)

    def close(self) -> None:
        """Hang up, wait for it to kill everything it started, remove its directory."""
        if hasattr(self, "client"):
            self.client.close()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=5)
        shutil.rmtree(self._root, ignore_errors=True)


def pack(solution: Path) -> bytes:
    """An uncompressed tar of the regular files below a folder. Raises ValueError when there is too much."""
    buffer = io.BytesIO()
    total = 0
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, name in _regular_files(solution):
            total += path.stat().st_size
            if total > _MAX_BYTES:
                raise ValueError(
                    f"{solution} holds more than {_MAX_BYTES >> 20} MiB; is this the right folder?"
                )
            tar.add(path, name, recursive=False)
    return buffer.getvalue()


def _regular_files(solution: Path) -> Iterator[tuple[Path, str]]:
    for folder, folders, files in os.walk(solution):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        for name in sorted(files):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path, path.relative_to(solution).as_posix()
