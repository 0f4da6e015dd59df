"""Functions of the judge that candidate code calls back, through the local transport."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from takehome_pytest import CandidateTimedOut, Sandbox, Solution, Stub, concurrent

SUBMISSION = {
    "callbacks.py": """
        import asyncio, threading
        from concurrent.futures import ThreadPoolExecutor
        def each(f, items): return [f(item) for item in items]
        def pooled(f, items):
            with ThreadPoolExecutor(len(items)) as pool: return list(pool.map(f, items))
        async def gathered(f, items): return await asyncio.gather(*map(f, items))
        def catch(f):
            try: return f()
            except Exception as error: return type(error).__name__, error.args
        async def cancel(f):
            task = asyncio.create_task(f())
            await asyncio.sleep(0.1)
            task.cancel()
            try: await task
            except asyncio.CancelledError: return "cancelled"
        async def too_many(f):
            try: return await f(1, 2)
            except TypeError: return "refused"
        def tell(clock): return clock.now(), clock.zone
        def forever(f):
            while True: f()
    """,
}


@pytest.fixture(scope="module")
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return open_sandbox(SUBMISSION)


@pytest.fixture
def solution(sandbox: Sandbox) -> Iterator[Solution]:
    with sandbox.scenario() as solution:
        yield solution


def test_callbacks_are_answered_in_the_tests_thread(solution: Solution) -> None:
    threads = set()

    def double(x: int) -> int:
        threads.add(threading.current_thread())
        return 2 * x

    assert solution.call("callbacks:each", double, [1, 2, 3]) == [2, 4, 6]
    assert threads == {threading.current_thread()}


def test_async_callbacks_run_together(solution: Solution) -> None:
    live = peak = 0

    async def fetch(x: int) -> int:
        nonlocal live, peak
        live += 1
        peak = max(peak, live)
        await asyncio.sleep(0.2)
        live -= 1
        return -x

    assert solution.call("callbacks:gathered", fetch, list(range(8))) == [-x for x in range(8)]
    assert peak == 8


def test_concurrent_callbacks_run_together(solution: Solution) -> None:
    barrier = threading.Barrier(4)

    @concurrent
    def meet(x: int) -> int:
        barrier.wait(5)
        return x

    assert solution.call("callbacks:pooled", meet, [1, 2, 3, 4]) == [1, 2, 3, 4]


def test_a_callback_that_is_cancelled_is_cancelled_in_the_judge(solution: Solution) -> None:
    cancelled = threading.Event()

    async def slow() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    assert solution.call("callbacks:cancel", slow) == "cancelled"
    assert cancelled.wait(10)


def test_arguments_that_do_not_fit_an_async_callback_are_the_candidates_error(solution: Solution) -> None:
    async def one(x: int) -> int:
        return x

    assert solution.call("callbacks:too_many", one) == "refused"


def test_exceptions_of_callbacks_are_raised_in_the_candidate(solution: Solution) -> None:
    def fail() -> None:
        raise ConnectionError("down", 3)

    assert solution.call("callbacks:catch", fail) == ("ConnectionError", ("down", 3))


def test_a_candidate_that_never_stops_calling_back_times_out(solution: Solution) -> None:
    with pytest.raises(CandidateTimedOut):
        solution.call("callbacks:forever", lambda: None, timeout=0.5)


def test_stubs_carry_functions_and_values(solution: Solution) -> None:
    assert solution.call("callbacks:tell", Stub(now=lambda: 17, zone="UTC")) == (17, "UTC")
