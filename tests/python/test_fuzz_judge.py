"""Fuzz targets of what else a judge reads of a candidate: files, output, callbacks, an agent's stream."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import threading
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fuzzing import fuzz
from takehome_pytest import canary
from takehome_pytest.completed import Completed, stderr_tail
from takehome_pytest.entry import read_entry_point
from takehome_pytest.faults import CandidateCrashed
from takehome_pytest.functions import FunctionTable, concurrent, decoders
from takehome_pytest.grading import MAX_MESSAGE_CHARS, plain_text
from takehome_pytest.routes import parse_ipv4, parse_ipv6
from takehome_pytest.transport.client import AgentClient, AgentRefusal
from takehome_wire.frames import FrameError, encode_frame
from takehome_wire.limits import Limits
from takehome_wire.values import loads
from test_fuzz import JSON_WORDS, VALUE_WORDS

TOML_WORDS = (
    *(
        b"run",
        b" = ",
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b"\n",
        b"#",
        b".",
        b"[[a]]\n",
        b"[run]\n",
        b"run.a = 1\n",
    ),
    *(b'"', b"'", b'"""', b"'''", b'"python"', b"\\u0000", b'"\\ud800"', b'"\\U00110000"', b"\\", b"\r\n"),
    *(
        b"inf",
        b"-nan",
        b"1e400",
        b"0x",
        b"1_0",
        b"9" * 50,
        b"1979-05-27T07:32:00Z",
        b"24:00:00",
        b"0000-00-00",
    ),
    *(b"true", b"[" * 40, b"{a=" * 40, b"\xef\xbb\xbf", b"\xff", b"\0", b'run = ["a", "b"]\n'),
)


# -- files and output -----------------------------------------------------------------------------


def check_entry_point(data: bytes) -> None:
    default = ["python", "-m", "app"]
    try:
        run = read_entry_point(data, default)
    except CandidateCrashed as error:
        assert len(str(error)) < 1_000
        return
    assert type(run) is list and 0 < len(run) <= 50
    assert all(type(part) is str and "\0" not in part for part in run)
    "".join(run).encode("utf-8")


def check_routes(data: bytes) -> None:
    text = data.decode("ascii", "replace")
    for parse in (parse_ipv4, parse_ipv6):
        try:
            assert type(parse(text)) is int
        except ValueError:
            pass


def check_output(data: bytes) -> None:
    done = Completed(1, None, "exited", 0.1, 0.1, 1, None, data, data)
    assert len(done.text) <= len(data) and len(done.error_text) <= len(data)
    assert len(stderr_tail(data)) < 1_300
    message = plain_text(done.describe())
    assert len(message) <= MAX_MESSAGE_CHARS
    assert all(char == "\n" or unicodedata.category(char)[0] != "C" for char in message)
    message.encode("utf-8")


def test_entry_points() -> None:
    fuzz("entry_point", check_entry_point, words=TOML_WORDS)


def test_routes() -> None:
    fuzz(
        "routes",
        check_routes,
        words=(b"Ip: ", b"OutNoRoutes ", b"Ip6OutNoRoutes", b"\n", b" -1", b"9" * 5000),
    )


def test_output_of_programs() -> None:
    fuzz(
        "output", check_output, words=(b"\x1b[2J", b"\r\n" * 30, b"\xff", "\u202e\u2028".encode(), b"x" * 900)
    )


def test_the_canary_is_found_however_a_stream_is_cut() -> None:
    mark = "takehome-canary-0123"
    canary.install(mark)

    def check(data: bytes) -> None:
        for size in (1, 3, 19, 20, 21, 1000):
            watch = canary.Tail()
            for offset in range(0, len(data), size):
                watch.feed(data[offset : offset + size])
            assert bool(canary.notes()) == (mark.encode() in data), size

    try:
        fuzz("canary", check, words=(mark.encode(), mark[:10].encode(), mark[10:].encode()))
    finally:
        canary.install("")


# -- an agent -------------------------------------------------------------------------------------


def check_agent(data: bytes) -> None:
    """Whatever an agent says, its client ends, and in one of three ways."""
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        try:
            client = AgentClient(ours, "token")
        except (OSError, FrameError, KeyError):
            ours.close()
            return
        assert all(type(path) is str for path in client.dirs.values())
        for _ in range(3):
            try:
                assert client.request("poll", {})["ok"] is True
            except (AgentRefusal, CandidateCrashed) as error:
                assert str(error)
        client.close()


def test_streams_of_an_agent(complaints: list[str]) -> None:
    def check(data: bytes) -> None:
        check_agent(data)
        assert complaints == []

    hello = {"type": "reply", "seq": 0, "ok": True, "work_dir": "/w", "state_dir": "/s", "tmp_dir": "/t"}
    replies = [encode_frame({"type": "reply", "seq": seq, "ok": True}) for seq in (1, 2, 3)]
    fuzz("agent", check, words=(*JSON_WORDS, encode_frame(hello), *replies, b'"seq":', b"[1]", b"\0\0\0"))


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What threads died of."""
    found: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: found.append(repr(args.exc_value)))
    return found


# -- callbacks ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def handed_over(loop: asyncio.AbstractEventLoop) -> tuple[FunctionTable, list[int]]:
    """A table with a function of each kind, and their numbers."""

    def plain(number: int, *, scale: int = 1) -> int:
        return number * scale

    async def slow(number: int) -> int:
        await asyncio.sleep(0)
        return number

    table = FunctionTable(Limits(), lambda: loop)
    functions: list[Callable[..., Any]] = [plain, concurrent(lambda *args, **kwargs: [args, kwargs]), slow]
    return table, [table.encode(function, lambda value: value)[1] for function in functions]


def test_arguments_of_callbacks(loop: asyncio.AbstractEventLoop, complaints: list[str]) -> None:
    """A callback is answered once with a value or an exception, and nothing of it reaches the test."""

    def check(data: bytes) -> None:
        table, numbers = handed_over(loop)
        text = data.decode("utf-8", "surrogateescape")
        for callback, function in enumerate([*numbers, 99]):
            answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
            message = {"seq": 1, "callback": callback, "function": function, "value": text}
            table.handle(message, answers.put)
            answer = answers.get(timeout=10)
            assert answer["callback"] == callback
            value = loads(answer["value"], Limits(), decoders())
            assert answer["raised"] is isinstance(value, BaseException)
            json.dumps(answer)
        table.cancel(1)
        assert complaints == []

    fuzz("callbacks", check, words=VALUE_WORDS, as_json=True)
