"""What a worker can make the agent and the judge store by calling back is bounded."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from takehome_agent import worker
from takehome_agent.worker import MAX_OPEN_CALLBACKS, MAX_OPEN_CHARS, MAX_UNREAD_BYTES, Worker
from takehome_agent.worker_main import Setting
from takehome_pytest import CandidateCrashed, Sandbox
from takehome_wire.frames import FrameBuffer, encode_frame
from test_fuzz_agent import FakeLoop, Talk

SEQ = 7


class Open:
    """A worker with a call under way, its end of the channel in the test's hands."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        talk = Talk(monkeypatch)
        self.callbacks: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.replies: list[dict[str, Any]] = []
        self.loop = FakeLoop()
        self.worker = Worker(
            self.loop,  # type: ignore[arg-type]
            Setting("/work", {}, 6 << 20),
            output_cap=1_000,
            on_exit=lambda _child: None,
            on_callback=lambda seq, fields: self.callbacks.append(fields),
            on_violation=self.violations.append,
            die_with_parent=False,
        )
        self.channel: socket.socket = talk.child.channel
        self.channel.setblocking(False)
        self.worker.request(
            SEQ, {"type": "invoke", "action": "call", "value": "1"}, 10.0, self.replies.append
        )

    def say(self, **message: Any) -> bool:
        """One frame of the worker's, while the agent serves. False when it is not taken any more."""
        left = memoryview(encode_frame(message))
        for _ in range(200):
            try:
                left = left[self.channel.send(left) :]
            except BlockingIOError:
                pass
            self.worker._ready()
            if not left:
                return True
        return False

    def answer(self, number: int, value: str = "1") -> None:
        self.worker.answer_callback({"callback": number, "raised": False, "value": value})
        self.worker._ready()  # as the loop does, if it was told to watch again


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    opened = Open(monkeypatch)
    yield opened
    opened.worker.close()
    opened.channel.close()


def test_a_cancelled_callback_counts_until_the_judge_has_answered(call: Open) -> None:
    number = 0
    while call.say(type="callback", id=number, function=1, value="1"):
        call.say(type="cancel", id=number)
        number += 1
        assert number < 10_000
    assert len(call.callbacks) <= 2 * MAX_OPEN_CALLBACKS
    before = len(call.callbacks)
    call.answer(0)
    assert len(call.callbacks) > before, "there is room for one more"
    assert call.violations == []


def test_what_waits_behind_a_full_count_is_taken_as_answers_come(call: Open) -> None:
    count = MAX_OPEN_CALLBACKS + 200
    for number in range(count):
        assert call.say(type="callback", id=number, function=1, value="1")
    for number in range(count):
        assert len(call.callbacks) == min(count, MAX_OPEN_CALLBACKS + number)
        call.answer(number)
    assert call.say(type="result", seq=SEQ, outcome="returned", value="5")
    assert call.replies == [{"outcome": "returned", "value": "5"}]


def test_the_arguments_of_open_callbacks_are_bounded(call: Open) -> None:
    value = "1" * (1 << 20)
    number = 0
    while call.say(type="callback", id=number, function=1, value=value):
        number += 1
        assert number < 40
    stored = sum(len(fields["value"]) for fields in call.callbacks)
    assert MAX_OPEN_CHARS <= stored < MAX_OPEN_CHARS + 2 * len(value)
    for answered in range(len(call.callbacks)):
        call.answer(answered)
    assert call.worker._open_chars == 0 and call.worker._may_read()


def test_answers_that_nobody_reads_are_bounded(call: Open) -> None:
    value = "1" * (1 << 20)
    number = 0
    while call.say(type="callback", id=number, function=1, value="1"):
        if number < len(call.callbacks):
            call.answer(number, value)
        number += 1
        assert number < 10_000
    assert len(call.worker._outgoing) < MAX_UNREAD_BYTES + 2 * len(value)


def test_a_number_that_is_still_open_ends_the_worker(call: Open) -> None:
    call.say(type="callback", id=1, function=1, value="1")
    call.say(type="callback", id=1, function=1, value="1")
    assert len(call.callbacks) == 1
    assert call.violations == ["a callback with the number of one that is open"]
    for fire in list(call.loop.timers):
        fire()
    assert call.worker.child.status is not None


def test_a_number_may_come_again_after_its_answer(call: Open) -> None:
    for _ in range(3):
        call.say(type="callback", id=1, function=1, value="1")
        call.answer(1)
    assert len(call.callbacks) == 3
    assert call.violations == []
    received = FrameBuffer()
    received.feed(call.channel.recv(1 << 16))
    kinds = []
    while (message := received.next_frame()) is not None:
        kinds.append(message["type"])
    assert kinds == ["invoke", "answer", "answer", "answer"]


SUBMISSION = {
    "callbacks.py": """
        import asyncio, json, os, socket, stat, struct
        async def cancel_many(f, count):
            for _ in range(count):
                task = asyncio.create_task(f())
                await asyncio.sleep(0)
                task.cancel()
            return await f(True)
        def channel():
            for fd in range(3, 64):
                try:
                    if stat.S_ISSOCK(os.fstat(fd).st_mode): return socket.socket(fileno=os.dup(fd))
                except OSError: pass
        async def wait(f): return await f()
        def twice(f):
            value = '["tuple",["tuple"],["dict"]]'
            body = json.dumps({"type": "callback", "id": 9, "function": 1, "value": value})
            channel().sendall((struct.pack(">I", len(body)) + body.encode()) * 2)
            __import__("time").sleep(60)
    """,
}


@pytest.fixture(scope="module")
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return open_sandbox(SUBMISSION)


def test_any_number_of_callbacks_may_be_cancelled_one_after_the_other(sandbox: Sandbox) -> None:
    async def slow(last: bool = False) -> str:
        if not last:
            await asyncio.sleep(60)
        return "last"

    with sandbox.scenario() as solution:
        assert solution.call("callbacks:cancel_many", slow, 3 * MAX_OPEN_CALLBACKS) == "last"


def test_a_function_of_the_judge_that_cancels_itself_is_an_error_there(sandbox: Sandbox) -> None:
    async def gives_up() -> None:
        raise asyncio.CancelledError

    with sandbox.scenario() as solution, pytest.raises(RuntimeError, match="cancelled"):
        solution.call("callbacks:wait", gives_up)


def test_a_repeated_number_ends_the_call_and_the_grading_goes_on(sandbox: Sandbox) -> None:
    async def never() -> None:
        await asyncio.sleep(60)

    sandbox.ask("account", {})
    with sandbox.scenario() as solution:
        with pytest.raises(CandidateCrashed, match="closed its connection"):
            solution.call("callbacks:twice", never)
        with pytest.raises(TypeError, match="NoneType"):
            solution.call("callbacks:wait", lambda: None)
    notes = sandbox.ask("account", {})["notes"]
    assert [note["kind"] for note in notes] == ["protocol_violation"]


def test_the_bounds_leave_room_for_honest_calls() -> None:
    assert worker.MAX_OPEN_CHARS >= 2 * (6 << 20), "the largest value fits twice"
