"""Calling candidate functions: one fresh process a call, or a worker for several."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from takehome_pytest import canary
from takehome_pytest.completed import stderr_tail
from takehome_pytest.faults import (
    CandidateCrashed,
    CandidateOutOfMemory,
    CandidateTimedOut,
    CandidateValueRefused,
)
from takehome_pytest.functions import FunctionTable, decoders
from takehome_wire.limits import Limits, ValueRefused
from takehome_wire.values import dumps, loads

Ask = Callable[..., dict[str, Any]]


class Caller:
    """Sends calls to an agent and turns what comes back into a value or an exception."""

    def __init__(self, ask: Ask, value_bytes: int, call_timeout_s: float) -> None:
        self._ask = ask
        self._limits = Limits(max_bytes=value_bytes)
        self.call_timeout_s = call_timeout_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._table = FunctionTable(Limits(), self._event_loop)

    def invoke(
        self,
        action: str,
        label: str,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        worker: int | None = None,
        timeout: float | None = None,
        **fields: Any,
    ) -> Any:
        """One request to a worker (None: a fresh one). Returns its value, raises its exception or a fault."""
        __tracebackhide__ = True
        timeout_s = self.call_timeout_s if timeout is None else timeout
        try:
            value = dumps((args, kwargs or {}), Limits(), self._table.encode)
        except ValueRefused as error:
            raise ValueError(f"the arguments of {label} are too large: {error}") from None
        request = {"worker": worker, "action": action, "value": value, "timeout_s": timeout_s, **fields}
        reply = self._ask("invoke", request, timeout_s=timeout_s, on_callback=self._table.handle)
        self._table.cancel(reply["seq"])
        return self._result(reply, label, timeout_s)

    def timed(self, target: str, worker: int) -> tuple[int, int]:
        """Have a worker call `target` with what it has loaded. CPU and wall time, nanoseconds."""
        value = dumps(((), {}), Limits())
        timeout_s = self.call_timeout_s
        request = {"worker": worker, "target": target, "value": value, "timeout_s": timeout_s}
        reply = self._ask("timed", request, timeout_s=timeout_s)
        self._result(reply, target, timeout_s)
        return int(reply["cpu_ns"]), int(reply["wall_ns"])

    def _result(self, reply: dict[str, Any], label: str, timeout_s: float) -> Any:
        """The value of a reply, or its exception or fault raised."""
        stderr = base64.b64decode(reply.get("stderr_tail", ""))
        canary.arrives(stderr)
        tail = stderr_tail(stderr)
        match reply["outcome"]:
            case "returned" | "raised" as outcome:
                try:
                    result = loads(reply["value"], self._limits, decoders())
                except ValueRefused as error:
                    raise CandidateCrashed(f"{label} sent something that is not a value: {error}") from None
                if outcome == "returned":
                    return result
                if isinstance(result, BaseException):
                    raise result
                raise CandidateCrashed(f"{label} raised something that is not an exception")
            case "refused":
                raise CandidateValueRefused(f"{label}: {reply['message']}")
            case "timed_out":
                raise CandidateTimedOut(f"{label} did not return within {timeout_s:g} s{tail}")
            case "out_of_memory":
                raise CandidateOutOfMemory(f"{label} ran out of memory")
            case _:
                raise CandidateCrashed(
                    f"{label} ended its process ({_ending(reply)}) before it returned{tail}"
                )

    def close(self) -> None:
        """Stop the event loop of async callbacks, if one was needed."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._loop = None

    def _event_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, name="takehome-callbacks", daemon=True).start()
        return self._loop


def _ending(reply: dict[str, Any]) -> str:
    if reply["outcome"] == "hung_up":
        return "it closed its connection"
    if reply.get("signal") is not None:
        return f"signal {reply['signal']}"
    return f"exit code {reply.get('exit_code')}"


class Worker:
    """One process of the candidate for several calls. State of its modules lasts from call to call."""

    def __init__(self, caller: Caller, number: int, close: Callable[[int], None]) -> None:
        self._caller = caller
        self._number = number
        self._close = close

    def call(self, target: str, *args: Any, timeout: float | None = None, **kwargs: Any) -> Any:
        """Call `package.module:function` in this process. See `Solution.call`."""
        __tracebackhide__ = True
        return self._caller.invoke(
            "call", target, args, kwargs, worker=self._number, timeout=timeout, target=target
        )

    def new(self, target: str, *args: Any, timeout: float | None = None, **kwargs: Any) -> Handle:
        """Call a class or factory and keep what it returns on the candidate's side."""
        __tracebackhide__ = True
        ref = self._caller.invoke(
            "new", target, args, kwargs, worker=self._number, timeout=timeout, target=target
        )
        return Handle(self._caller, self._number, int(ref), target)

    def close(self) -> None:
        """End the process."""
        self._close(self._number)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class TimedWorker:
    """A candidate's process in an interpreter of its own: inputs in, a timed run over all, results out."""

    def __init__(self, caller: Caller, number: int) -> None:
        self._caller = caller
        self._number = number

    def load(self, arguments: list[tuple[Any, ...]]) -> None:
        """Hand over the positional arguments of each call. Raises a fault of the candidate's."""
        self._caller.invoke("load", "taking its inputs", tuple(arguments), worker=self._number)

    def go(self, target: str) -> tuple[int, int]:
        """Call `package.module:function` with each of them: nanoseconds of CPU and of wall time.

        CPU is that of all processes below the worker that live at the end. Raises what the function raises,
        or a fault of the candidate's.
        """
        return self._caller.timed(target, self._number)

    def fetch(self) -> list[Any]:
        """The results, in order. Raises a fault of the candidate's."""
        results = self._caller.invoke("fetch", "giving its results", worker=self._number)
        if type(results) is not list:
            raise CandidateCrashed("the worker gave something else than its results")
        return results


class Handle:
    """An object that stays in a worker. It may be an argument of another call to the same worker."""

    def __init__(self, caller: Caller, worker: int, ref: int, label: str) -> None:
        self._caller = caller
        self._worker = worker
        self._label = label
        self.takehome_ref = ref

    def call(self, method: str, *args: Any, timeout: float | None = None, **kwargs: Any) -> Any:
        """Call a method (awaited when it is async)."""
        __tracebackhide__ = True
        label = f"{self._label}.{method}"
        return self._invoke("method", label, args, kwargs, timeout=timeout, name=method)

    def get(self, attribute: str, *, timeout: float | None = None) -> Any:
        """The value of an attribute."""
        __tracebackhide__ = True
        return self._invoke("get", f"{self._label}.{attribute}", timeout=timeout, name=attribute)

    def take(self, count: int, *, timeout: float | None = None) -> list[Any]:
        """Up to `count` items of a (sync or async) iterable; an iterator goes on where it was."""
        __tracebackhide__ = True
        result = self._invoke("take", f"iterating {self._label}", timeout=timeout, count=count)
        if type(result) is not list:
            raise CandidateCrashed(f"iterating {self._label} sent something that is not a list")
        return result

    def _invoke(
        self,
        action: str,
        label: str,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        **fields: Any,
    ) -> Any:
        __tracebackhide__ = True
        return self._caller.invoke(
            action, label, args, kwargs, worker=self._worker, ref=self.takehome_ref, **fields
        )
