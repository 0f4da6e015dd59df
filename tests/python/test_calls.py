"""Calls of candidate functions through the local transport."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from takehome_agent.worker import refuse_descriptors
from takehome_pytest import (
    CandidateCrashed,
    CandidateException,
    CandidateTimedOut,
    CandidateValueRefused,
    Opaque,
    Sandbox,
    Solution,
)

SUBMISSION = {
    "pkg/__init__.py": "",
    "pkg/plain.py": """
        import asyncio, os, sys, signal, threading, time
        calls = 0
        def add(a, b=1): return a + b
        def count():
            global calls
            calls += 1
            return calls
        def environment(): return dict(os.environ), os.getcwd(), sys.path[0], sys.argv
        def echo(*args, **kwargs): return args, kwargs
        async def later(x):
            await asyncio.sleep(0.01)
            return x
        def descriptors(): return sorted(map(int, os.listdir("/proc/self/fd")))
        def leader(): return os.getsid(0) == os.getpid()
        def dispositions():
            return {n.name: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGPIPE, signal.SIGCHLD)} == {
                "SIGINT": signal.default_int_handler, "SIGPIPE": signal.SIG_IGN, "SIGCHLD": signal.SIG_DFL}
        def write_to_nobody():
            import socket
            ours, theirs = socket.socketpair()
            theirs.close()
            ours.sendall(b"x")
    """,
    "pkg/errors.py": """
        import sys
        class Mine(ValueError):
            def __init__(self, text, code):
                super().__init__(text)
                self.code = code
        class Broken(Exception):
            def __str__(self): raise RuntimeError("no")
        class Base(BaseException): pass
        def raise_builtin(name, *args): raise getattr(__import__("builtins"), name)(*args)
        def raise_mine(): raise Mine("bad", 7)
        def raise_broken(): raise Broken(object())
        def raise_base(): raise Base("x")
        def raise_group(): raise ExceptionGroup("many", [ValueError(1), Mine("two", 2)])
        def returned(): return [ValueError("kept"), 3]
        def leave(): sys.exit(3)
        def daemon():
            import os, time
            r, w = os.pipe()
            if os.fork() == 0:
                os.setsid()
                if (pid := os.fork()) == 0: time.sleep(600)
                os.write(w, str(pid).encode())
                os._exit(0)
            os.wait()
            return int(os.read(r, 20))
    """,
    "pkg/bad.py": """
        import os, sys, time, socket
        def die(): os._exit(7)
        def killed(): os.kill(os.getpid(), 9)
        def hang():
            print("about to hang", file=sys.stderr, flush=True)
            while True: time.sleep(10)
        def swallow():
            while True:
                try: time.sleep(10)
                except BaseException: pass
        def big(): return "x" * (1 << 20)
        def deep():
            value = []
            for _ in range(10_000): value = [value]
            return value
        def opaque(): return object()
        def close_all(): os.closerange(3, 100); time.sleep(60)
        def sockets():
            for fd in range(3, 100):
                try: yield socket.socket(fileno=os.dup(fd))
                except OSError: pass
        def forge(text):
            for s in sockets(): s.sendall(text)
            time.sleep(60)
        def forge_result(payload):
            import json, struct
            body = json.dumps(payload).encode()
            for s in sockets(): s.sendall(struct.pack(">I", len(body)) + body)
            return "honest"
    """,
    "pkg/things.py": """
        class Counter:
            limit = 3
            def __init__(self, start=0): self.value = start
            def add(self, n=1):
                self.value += n
                return self.value
            async def add_later(self, n):
                import asyncio
                self.lock = getattr(self, "lock", None) or asyncio.Lock()
                async with self.lock: return self.add(n)
            def merge(self, other): return self.value + other.value
        def numbers():
            n = 0
            while True:
                yield n
                n += 1
        async def letters():
            for c in "abc": yield c
    """,
}


@pytest.fixture(scope="module")
def sandbox(open_sandbox: Callable[[dict[str, str]], Sandbox]) -> Sandbox:
    return open_sandbox(SUBMISSION)


@pytest.fixture
def solution(sandbox: Sandbox) -> Iterator[Solution]:
    with sandbox.scenario() as solution:
        yield solution


def notes_of(sandbox: Sandbox) -> list[str]:
    return [note["kind"] for note in sandbox.ask("account", {})["notes"]]


def test_arguments_and_values_cross(solution: Solution) -> None:
    assert solution.call("pkg.plain:add", 2, b=3) == 5
    args, kwargs = solution.call("pkg.plain:echo", [1, (2,), {b"k": {3}}], x=None)
    assert (args, kwargs) == (([1, (2,), {b"k": {3}}],), {"x": None})
    assert solution.call("pkg.plain:later", "awaited") == "awaited"


def test_each_call_is_a_fresh_process(solution: Solution) -> None:
    assert [solution.call("pkg.plain:count") for _ in range(3)] == [1, 1, 1]


def test_a_worker_keeps_its_process(solution: Solution) -> None:
    with solution.worker() as worker:
        assert [worker.call("pkg.plain:count") for _ in range(3)] == [1, 2, 3]


def test_a_worker_has_a_clean_environment(solution: Solution) -> None:
    env, directory, first_path, argv = solution.call("pkg.plain:environment")
    assert directory == solution.work_dir == first_path
    assert argv == [""]
    assert env["STATE_DIR"] == solution.state_dir
    assert (env["SEED"], env["TZ"], env["PYTHONHASHSEED"], env["OMP_NUM_THREADS"]) == ("7", "UTC", "0", "1")
    assert "PYTHONPATH" not in env
    assert solution.call("pkg.plain:dispositions") is True
    assert solution.call("pkg.plain:leader") is True


def test_writing_to_who_has_gone_is_an_exception(solution: Solution) -> None:
    with pytest.raises(BrokenPipeError):
        solution.call("pkg.plain:write_to_nobody")


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_a_worker_inherits_no_descriptor_but_its_own_channel(solution: Solution) -> None:
    # 0, 1, 2, the channel, and the one that lists the folder
    assert len(solution.call("pkg.plain:descriptors")) == 5


def test_builtin_exceptions_arrive_as_themselves(solution: Solution) -> None:
    for name, args in (
        ("ValueError", ("x",)),
        ("KeyError", ("k",)),
        ("FileNotFoundError", (2, "gone")),
        ("UnicodeDecodeError", ("utf-8", b"\xff", 0, 1, "bad")),
        ("SystemExit", (4,)),
    ):
        kind = getattr(__import__("builtins"), name)
        with pytest.raises(kind) as caught:
            solution.call("pkg.errors:raise_builtin", name, *args)
        assert type(caught.value) is kind
        assert caught.value.args == args


def test_exceptions_that_would_steer_the_judge_never_arrive_as_themselves(solution: Solution) -> None:
    # A StopIteration would end a lazy `map` of a test; pytest and traceback format a SyntaxError's parts.
    for name, args in (("StopIteration", (3,)), ("SyntaxError", ("x",)), ("KeyboardInterrupt", ())):
        with pytest.raises(CandidateException) as caught:
            solution.call("pkg.errors:raise_builtin", name, *args)
        assert not isinstance(caught.value, (StopIteration, SyntaxError, KeyboardInterrupt))
        assert caught.value.type_name == name


def test_own_exceptions_are_caught_by_their_nearest_builtin(solution: Solution) -> None:
    with pytest.raises(ValueError) as caught:
        solution.call("pkg.errors:raise_mine")
    error = caught.value
    assert isinstance(error, CandidateException)
    assert error.type_name == "pkg.errors.Mine"
    assert error.mro_names[:2] == ("pkg.errors.Mine", "ValueError")
    assert (error.args, error.text, error.attributes) == (("bad",), "bad", {"code": 7})


def test_keyboard_interrupt_does_not_interrupt_the_judge(solution: Solution) -> None:
    for name in ("KeyboardInterrupt", "GeneratorExit"):
        with pytest.raises(CandidateException) as caught:
            solution.call("pkg.errors:raise_builtin", name)
        assert not isinstance(caught.value, (KeyboardInterrupt, GeneratorExit, Exception))
        assert caught.value.type_name == name


def test_odd_exceptions_arrive(solution: Solution) -> None:
    with pytest.raises(CandidateException) as caught:
        solution.call("pkg.errors:raise_broken")
    assert isinstance(caught.value.args[0], Opaque)
    with pytest.raises(CandidateException):
        solution.call("pkg.errors:raise_base")
    with pytest.raises(ExceptionGroup) as group:
        solution.call("pkg.errors:raise_group")
    assert [type(e).__mro__[-4].__name__ for e in group.value.exceptions] == ["ValueError", "ValueError"]
    kept, number = solution.call("pkg.errors:returned")
    assert isinstance(kept, ValueError)
    assert number == 3
    with pytest.raises(SystemExit):
        solution.call("pkg.errors:leave")


def test_missing_targets_are_ordinary_errors(solution: Solution) -> None:
    with pytest.raises(ModuleNotFoundError):
        solution.call("pkg.nowhere:f")
    with pytest.raises(AttributeError):
        solution.call("pkg.plain:nothing")


def test_a_dead_worker_is_a_crash_that_no_broad_except_swallows(solution: Solution) -> None:
    with pytest.raises(CandidateCrashed, match="exit code 7"):
        try:
            solution.call("pkg.bad:die")
        except Exception:
            pytest.fail("swallowed")
    with pytest.raises(CandidateCrashed, match="signal 9"):
        solution.call("pkg.bad:killed")


@pytest.mark.parametrize("function", ["hang", "swallow"])
def test_a_hang_is_killed_at_the_deadline(solution: Solution, function: str) -> None:
    started = time.monotonic()
    with pytest.raises(CandidateTimedOut):
        solution.call(f"pkg.bad:{function}", timeout=0.3)
    assert time.monotonic() - started < 3


def test_a_timeout_quotes_stderr(solution: Solution) -> None:
    with pytest.raises(CandidateTimedOut, match="about to hang"):
        solution.call("pkg.bad:hang", timeout=0.5)


@pytest.mark.parametrize("function", ["big", "deep"])
def test_a_value_beyond_the_limits_is_refused(solution: Solution, function: str) -> None:
    with pytest.raises(CandidateValueRefused):
        solution.call(f"pkg.bad:{function}")


def test_a_worker_that_closes_its_channel_has_crashed(solution: Solution) -> None:
    with pytest.raises(CandidateCrashed, match="closed its connection"):
        solution.call("pkg.bad:close_all")


MANY_KEYS = b'{"type":"x",' + b",".join(b'"k%d":0' % n for n in range(100)) + b"}"


@pytest.mark.parametrize(
    "text",
    [
        len(MANY_KEYS).to_bytes(4, "big") + MANY_KEYS,
        b"\xff" * 64,
        b"\0\0\0\5hello",
        b"\0\0\0\x02[]",
        b'\0\0\0\x0c{"type":"x"}',
    ],
)
def test_garbage_on_the_channel_is_a_crash_and_a_note(sandbox: Sandbox, text: bytes) -> None:
    with sandbox.scenario() as solution, pytest.raises((CandidateCrashed, CandidateTimedOut)):
        solution.call("pkg.bad:forge", text, timeout=0.5)
    assert "protocol_violation" in notes_of(sandbox)


def test_a_forged_answer_gains_nothing_but_that_value(sandbox: Sandbox) -> None:
    with sandbox.scenario() as solution:
        wrong = {"type": "result", "seq": 999_999, "outcome": "returned", "value": '"forged"'}
        assert solution.call("pkg.bad:forge_result", wrong) == "honest"
        for value in ('["list"', '["nonsense"]', "[" * 5000, 5):
            seq = next(sandbox.client._serial) + 1  # type: ignore[union-attr]
            forged = {"type": "result", "seq": seq, "outcome": "returned", "value": value}
            with pytest.raises((CandidateCrashed, CandidateTimedOut)):
                solution.call("pkg.bad:forge_result", forged, timeout=0.5)
        assert solution.call("pkg.plain:add", 1) == 2
    assert "protocol_violation" in notes_of(sandbox)


def test_objects_stay_with_the_worker(solution: Solution) -> None:
    with solution.worker() as worker:
        first, second = worker.new("pkg.things:Counter", start=2), worker.new("pkg.things:Counter", 5)
        assert first.call("add", 3) == 5
        assert first.get("value") == 5
        assert first.call("merge", second) == 10
        assert [first.call("add_later", 1) for _ in range(2)] == [6, 7]
        with pytest.raises(AttributeError):
            first.get("nothing")
        with pytest.raises(TypeError):
            first.call("add", "x")
        assert first.get("limit") == 3


def test_iterators_are_taken_from_as_far_as_asked(solution: Solution) -> None:
    with solution.worker() as worker:
        endless = worker.new("pkg.things:numbers")
        assert endless.take(3) == [0, 1, 2]
        assert endless.take(2) == [3, 4]
        assert worker.new("pkg.things:letters").take(9) == ["a", "b", "c"]


def test_after_a_crash_the_worker_stays_dead_and_others_work(solution: Solution) -> None:
    with solution.worker() as worker:
        with pytest.raises(CandidateCrashed):
            worker.call("pkg.bad:die")
        with pytest.raises(CandidateCrashed):
            worker.call("pkg.plain:add", 1)
    assert solution.call("pkg.plain:add", 1) == 2


def test_arguments_that_are_too_large_are_the_authors_mistake(solution: Solution) -> None:
    with pytest.raises(ValueError, match="too large"):
        solution.call("pkg.plain:echo", "x" * (8 << 20))


def test_large_arguments_and_many_calls_at_once(solution: Solution) -> None:
    results: dict[int, Any] = {}

    def ask(n: int) -> None:
        results[n] = solution.call("pkg.plain:add", n)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    assert len(solution.call("pkg.plain:echo", b"x" * (100 << 10))[0][0]) == 100 << 10
    for thread in threads:
        thread.join()
    assert results == {n: n + 1 for n in range(8)}


def test_two_scenarios_at_once_are_the_authors_mistake(sandbox: Sandbox) -> None:
    with sandbox.scenario() as first:
        with pytest.raises(RuntimeError, match="open already"), sandbox.scenario():
            pass
        assert first.call("pkg.plain:add", 1) == 2
    with pytest.raises(RuntimeError, match="over"):
        first.call("pkg.plain:add", 1)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and a subreaper")
def test_a_daemon_of_a_call_ends_with_its_worker_while_another_runs(solution: Solution) -> None:
    with solution.worker() as other:
        assert other.call("pkg.plain:add", 1, 2) == 3
        daemon = solution.call("pkg.errors:daemon")
        give_up = time.monotonic() + 10
        while os.path.exists(f"/proc/{daemon}"):
            assert time.monotonic() < give_up, "it is still there"
            time.sleep(0.01)
        assert other.call("pkg.plain:add", 1, 2) == 3


def test_descriptors_are_not_accepted_from_a_worker_where_the_kernel_can_refuse_them() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with ours, theirs:
        try:
            ours.setsockopt(socket.SOL_SOCKET, 83, 1)
        except OSError:
            pytest.skip("this kernel has no SO_PASSRIGHTS")
        refuse_descriptors(ours)
        with pytest.raises(PermissionError):
            socket.send_fds(theirs, [b"x"], [0])
        theirs.sendall(b"y")
        assert ours.recv(10) == b"y"
