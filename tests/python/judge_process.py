"""A judge as a process of this machine, with local agents as its candidates."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from conftest import IMAGES, LIMITS, write_files
from takehome_pytest.transport.local import pack
from takehome_wire.frames import encode_frame, read_frame

CANARY = "takehome-canary-00112233445566778899aabbccddeeff"
SUBMISSION = {
    "m.py": """
        import os, sys, time
        def f(x): return x + 1
        def die(): print("last words", file=sys.stderr, flush=True); os._exit(3)
        def hang(): time.sleep(600)
        def raise_it(kind): raise getattr(__import__("builtins"), kind)("from the candidate")
        def skip():
            import pytest
            pytest.skip("please")
        def parent():
            os.kill(os.getppid(), 9)
            time.sleep(60)
        def daemon():
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0: time.sleep(600)
                os._exit(0)
            os.wait()
    """
}


class Judge:
    """A judge process, with a local agent as its candidate."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        path = f"{IMAGES / 'agent'}:{IMAGES / 'judge'}"
        self.env = {**os.environ, "PYTHONPATH": path, "TAKEHOME_SUITE_DIR": str(tmp_path / "unpacked")}
        self.submission = write_files(tmp_path / "submission", SUBMISSION)
        self.process = self._start("takehome_pytest.judge")
        self.agents: list[subprocess.Popen[bytes]] = []

    def _start(self, *module: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", *module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env
        )

    def send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(encode_frame(message))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        message = read_frame(self.process.stdout)
        assert message is not None
        return message

    def collect(self, suite: dict[str, str], probe: tuple[str, ...] = ("m",)) -> dict[str, Any]:
        archive = pack(write_files(self.tmp_path / "suite", suite))
        message = {"type": "suite", "suite_bytes": len(archive), "challenge": "c", "canary": CANARY}
        assert self.process.stdin is not None
        self.process.stdin.write(encode_frame(message) + archive)
        self.process.stdin.flush()
        collected = self.receive()
        if collected["type"] == "collected":
            self.begin(probe)
        return collected

    def begin(self, probe: tuple[str, ...] = ("m",), seed: int = 3) -> None:
        """Have it fork a grading."""
        self.send(type="grading", seed=seed, probe=list(probe), limits=LIMITS.to_wire())

    def end(self) -> None:
        """End the grading, and wait until the judge is ready for another."""
        self.send(type="end")
        assert self.receive() == {"type": "idle"}

    def connect(self) -> None:
        agent = self._start("takehome_agent", "--local", str(self.tmp_path / f"agent{len(self.agents)}"))
        self.agents.append(agent)
        archive = pack(self.submission)
        assert agent.stdin is not None and agent.stdout is not None
        prepare = {"type": "prepare", "preload": [], "warm_programs": False, "env": {}}
        submission = {"type": "submission", "token": "t", "submission_bytes": len(archive), "preload": []}
        agent.stdin.write(encode_frame({**prepare, "limits": LIMITS.to_wire()}))
        agent.stdin.write(encode_frame({**submission, "seed": 3}) + archive)
        agent.stdin.flush()
        ready = read_frame(agent.stdout)
        assert ready is not None
        self.send(type="candidate", port=ready["port"], token="t")
        assert self.receive() == {"type": "connected"}

    def run(self, *ids: str) -> tuple[dict[str, tuple[str, str]], dict[str, Any]]:
        """Outcome and message of each test, and the `unit_done` frame."""
        self.send(type="run", ids=list(ids))
        results: dict[str, tuple[str, str]] = {}
        started: list[str] = []
        while (message := self.receive())["type"] != "unit_done":
            if message["type"] == "started":
                started.append(message["id"])
            else:
                assert message["type"] == "finished", message
                assert message["duration_ms"] >= 0
                results[message["id"]] = (message["outcome"], message["message"])
        assert started == list(results) == list(ids)
        return results, message

    def close(self) -> None:
        for process in (self.process, *self.agents):
            assert process.stdin is not None and process.stdout is not None
            process.stdin.close()
            try:
                process.wait(10)
            finally:
                process.kill()
                process.wait()
                process.stdout.close()


def outcomes(results: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {name.partition("::")[2]: outcome for name, (outcome, _) in results.items()}
