"""The agent spoken to directly, as the host and the judge do, sane and otherwise."""

from __future__ import annotations

import base64
import io
import os
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import IMAGES, LIMITS
from takehome_wire.frames import encode_frame, read_frame

TOKEN = "0123456789abcdef"
FILES = {"hang.py": "import time\ntime.sleep(600)\n", "m.py": "def f(): return 1\n"}


class RawAgent:
    """An agent process and the three sockets to it."""

    def __init__(self, root: Path) -> None:
        env = {**os.environ, "PYTHONPATH": str(IMAGES / "agent"), "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", "takehome_agent", "--local", str(root)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self.stream: Any = None
        self.root = root

    def tell(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def hear(self) -> dict[str, Any] | None:
        return read_frame(self.stdout)

    def set_up(self) -> int:
        self.tell(prepare_bytes() + submission_bytes())
        ready = self.hear()
        assert ready is not None and ready["type"] == "ready"
        return int(ready["port"])

    def connect(self, port: int, token: str = TOKEN) -> dict[str, Any] | None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.stream = self.socket.makefile("rwb")
        return self.ask({"type": "hello", "seq": 0, "token": token})

    def ask(self, message: dict[str, Any]) -> dict[str, Any] | None:
        self.send(message)
        return read_frame(self.stream)

    def send(self, message: dict[str, Any]) -> None:
        self.stream.write(encode_frame(message))
        self.stream.flush()

    def close(self) -> None:
        self.stdin.close()
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait(10)
            self.stdout.close()
            if self.stream is not None:
                self.stream.close()
                self.socket.close()


def prepare_bytes(**changes: Any) -> bytes:
    message = {
        "type": "prepare",
        "preload": [],
        "warm_programs": False,
        "env": {},
        "limits": LIMITS.to_wire(),
        **changes,
    }
    return encode_frame({k: v for k, v in message.items() if v is not None})


def submission_bytes(**changes: Any) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, text in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    data = changes.pop("data", buffer.getvalue())
    message = {
        "type": "submission",
        "token": TOKEN,
        "submission_bytes": len(data),
        "preload": [],
        "seed": 1,
        **changes,
    }
    return encode_frame({k: v for k, v in message.items() if v is not None}) + data


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[RawAgent]:
    agent = RawAgent(tmp_path)
    yield agent
    agent.close()


def gone(pid: int) -> bool:
    give_up = time.monotonic() + 5
    while time.monotonic() < give_up:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def started_process(agent: RawAgent) -> int:
    agent.connect(agent.set_up())
    assert agent.ask({"type": "begin", "seq": 1}) == {"type": "reply", "seq": 1, "ok": True, "clean": True}
    reply = agent.ask({"type": "spawn", "seq": 2, "argv": ["python", "hang.py"]})
    assert reply is not None
    return int(reply["pid"])


@pytest.mark.parametrize(
    "said",
    [
        encode_frame({"type": "other"}),
        b"\xff\xff\xff\xff",
        b"\0\0\0\x02[]",
        submission_bytes(),
        prepare_bytes(limits=None),
        prepare_bytes(limits={"call_timeout_s": "x"}),
        prepare_bytes(env=1),
        prepare_bytes(preload=["no_such_module_here"]),
        prepare_bytes() + prepare_bytes(),
        prepare_bytes() + submission_bytes(seed="x"),
        prepare_bytes() + submission_bytes(token=None),
        prepare_bytes() + submission_bytes(preload=["no_such_module_here"]),
        prepare_bytes() + submission_bytes(data=b"x" * 2048),
    ],
    ids=[
        "other",
        "huge",
        "list",
        "unprepared",
        "no limits",
        "limit",
        "env",
        "preload",
        "prepared twice",
        "seed",
        "no token",
        "preload of a submission",
        "archive",
    ],
)
def test_what_makes_no_sense_is_fatal(agent: RawAgent, said: bytes) -> None:
    agent.tell(said)
    reply = agent.hear()
    assert reply is not None and reply["type"] == "fatal" and reply["message"]
    assert agent.process.wait(5) == 1


def test_a_preloaded_module_is_there_before_candidate_code(agent: RawAgent) -> None:
    agent.tell(prepare_bytes(preload=["decimal"], env={"EXTRA": "1"}))
    agent.tell(submission_bytes(preload=["fractions"]))
    ready = agent.hear()
    assert ready is not None and ready["type"] == "ready"


def test_only_the_token_opens_the_connection(agent: RawAgent) -> None:
    port = agent.set_up()
    assert agent.connect(port, "wrong") is None
    assert agent.connect(port, "") is None
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
    hello = agent.connect(port)
    assert hello is not None and hello["ok"] is True
    assert set(hello) >= {"work_dir", "state_dir", "tmp_dir"}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_everything_dies_when_the_host_goes_away(agent: RawAgent) -> None:
    pid = started_process(agent)
    agent.stdin.close()
    assert agent.process.wait(10) == 0
    assert gone(pid)
    assert os.listdir(agent.root) == []


def test_everything_dies_when_the_judge_goes_away(agent: RawAgent) -> None:
    pid = started_process(agent)
    agent.stream.close()
    agent.socket.close()
    assert agent.process.wait(10) == 0
    assert gone(pid)


def test_garbage_from_the_judge_ends_the_agent(agent: RawAgent) -> None:
    pid = started_process(agent)
    agent.stream.write(b"\xff\xff\xff\xff garbage")
    agent.stream.flush()
    assert agent.process.wait(10) == 0
    assert gone(pid)


def test_the_host_may_leave_before_the_judge_comes(agent: RawAgent) -> None:
    agent.set_up()
    agent.stdin.close()
    assert agent.process.wait(10) == 0


def test_requests_that_cannot_be_met_are_refused_and_harm_nothing(agent: RawAgent) -> None:
    agent.connect(agent.set_up())
    for seq, message, code in (
        (1, {"type": "nonsense"}, "bad_request"),
        (2, {"type": "spawn", "argv": ["python"]}, "no_scenario"),
        (3, {"type": "begin"}, None),
        (4, {"type": "begin"}, "scenario_open"),
        (5, {"type": "spawn"}, "bad_request"),
        (6, {"type": "spawn", "argv": []}, "bad_request"),
        (7, {"type": "spawn", "argv": ["a\0b"]}, "bad_request"),
        (8, {"type": "wait", "process": 99, "timeout_s": 1}, "bad_request"),
        (9, {"type": "get", "path": "/etc/passwd"}, "outside"),
        (10, {"type": "get", "path": "nope"}, "FileNotFoundError"),
        (11, {"type": "put", "path": "x", "data": "!"}, "bad_request"),
        (12, {"type": "invoke", "worker": 99, "action": "call", "value": ""}, "bad_request"),
        (13, {"type": "invoke", "action": "call"}, "bad_request"),
        (14, {"type": "end"}, None),
        (15, {"type": "end"}, None),
    ):
        reply = agent.ask({**message, "seq": seq})
        assert reply is not None and reply["seq"] == seq
        assert reply.get("error") == code


def test_an_answer_to_no_callback_is_ignored(agent: RawAgent) -> None:
    agent.connect(agent.set_up())
    agent.send({"type": "answer", "seq": 77, "callback": 1, "value": "1", "raised": False})
    reply = agent.ask({"type": "account", "seq": 1})
    assert reply is not None and reply["usage"]["cpu_ms"] == 0


def test_requests_that_wait_are_answered_when_the_scenario_ends(agent: RawAgent) -> None:
    started_process(agent)
    agent.send({"type": "wait", "seq": 5, "process": 1, "timeout_s": 60})
    agent.send({"type": "invoke", "seq": 6, "action": "call", "target": "time:sleep", "value": _pack(60)})
    agent.send({"type": "end", "seq": 7})
    replies = {}
    for _ in range(3):
        reply = read_frame(agent.stream)
        assert reply is not None
        replies[reply["seq"]] = reply
    assert replies[5]["outcome"] == "signaled"
    assert replies[6]["outcome"] == "signaled"
    assert replies[7]["clean"] is True


def test_pieces_of_output_are_fetched_by_offset(agent: RawAgent) -> None:
    started_process(agent)
    agent.ask({"type": "spawn", "seq": 3, "argv": ["python", "-c", "print('abc')"]})
    done = agent.ask({"type": "wait", "seq": 4, "process": 2, "timeout_s": 10})
    assert done is not None and base64.b64decode(done["stdout"]) == b"abc\n"
    part = agent.ask({"type": "output", "seq": 5, "process": 2, "stream": "stdout", "offset": 2})
    assert part is not None and base64.b64decode(part["data"]) == b"c\n"


def _pack(*args: object) -> str:
    from takehome_wire.values import dumps

    return dumps((args, {}))
