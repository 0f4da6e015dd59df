"""Functions and stubs that a test hands to candidate code, and the answering of calls to them."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from takehome_pytest.faults import build_exception
from takehome_wire.exceptions import decode_exception, encode_exception
from takehome_wire.limits import Limits, ValueRefused
from takehome_wire.values import dumps, loads

_CONCURRENT = "_takehome_concurrent"


class Stub:
    """An object for candidate code: `Stub(now=clock_function, zone="UTC").now()` asks the judge."""

    def __init__(self, **attributes: Any) -> None:
        self.attributes = attributes


def concurrent(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let calls of a plain function run at the same time, each in a thread of its own.

    Without it they run one after the other in the test's thread. An `async def` needs no mark: its calls
    run together on one event loop.
    """
    setattr(function, _CONCURRENT, True)
    return function


class FunctionTable:
    """The functions that a scenario handed over, and the answers to calls of them."""

    def __init__(self, limits: Limits, loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
        self._limits = limits
        self._loop = loop
        self._functions: dict[int, Callable[..., Any]] = {}
        self._serial = itertools.count(1)
        self._tasks: dict[tuple[int, int], Future[Any]] = {}

    def encode(self, value: object, encode: Callable[[object], Any]) -> Any:
        """The wire form of a function, stub or exception; None for anything else."""
        if isinstance(value, Stub):
            return ["stub", encode(value.attributes)]
        if isinstance(value, BaseException):
            return encode_exception(value, encode)
        if hasattr(value, "takehome_ref"):
            return ["ref", value.takehome_ref]
        if callable(value):
            number = next(self._serial)
            self._functions[number] = value
            name = getattr(value, "__name__", type(value).__name__)
            return ["function", number, str(name)[:100], inspect.iscoroutinefunction(value)]
        return None

    def handle(self, message: dict[str, Any], answer: Callable[[dict[str, Any]], None]) -> None:
        """Serve one callback frame; the answer is sent now or, for concurrent functions, later.

        Each callback is answered once, a cancelled one as well: the agent counts those without an answer.
        """
        number = message["callback"]
        key = (message["seq"], number)
        if message.get("cancelled"):
            task = self._tasks.pop(key, None)
            if task is not None and task.cancel():
                text = self._pack(True, RuntimeError("cancelled"))
                answer({"callback": number, "raised": True, "value": text})
            return

        def send(raised: bool, result: object) -> None:
            answer({"callback": number, "raised": raised, "value": self._pack(raised, result)})

        function = self._functions.get(message["function"])
        try:
            if function is None:
                raise TypeError("no such function")
            args, kwargs = loads(message["value"], self._limits, decoders())
        except (ValueRefused, TypeError, ValueError) as error:
            send(True, TypeError(f"the judge cannot read these arguments: {error}"))
            return
        if inspect.iscoroutinefunction(function):
            try:
                coroutine = function(*args, **kwargs)
            except TypeError as error:  # arguments that do not fit
                send(True, error)
                return
            task = asyncio.run_coroutine_threadsafe(coroutine, self._loop())
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._send_done(key, done, send))
        elif getattr(function, _CONCURRENT, False):
            run = threading.Thread(target=_answer_in_thread, args=(function, args, kwargs, send), daemon=True)
            run.start()
        else:
            _answer(function, args, kwargs, send)

    def cancel(self, seq: int) -> None:
        """The call is over: cancel coroutines that it still waited for."""
        for key, task in list(self._tasks.items()):
            if key[0] == seq:
                self._tasks.pop(key, None)  # so that nobody is told
                task.cancel()

    def _send_done(
        self, key: tuple[int, int], done: Future[Any], send: Callable[[bool, object], None]
    ) -> None:
        waited_for = self._tasks.pop(key, None) is not None
        if done.cancelled():
            if waited_for:  # it cancelled itself
                send(True, RuntimeError("the judge's function was cancelled"))
            return
        error = done.exception()
        send(error is not None, error if error is not None else done.result())

    def _pack(self, raised: bool, result: object) -> str:
        try:
            return dumps(result, self._limits, self.encode)
        except ValueRefused as error:
            return dumps(TypeError(f"the judge's answer is too large: {error}"), self._limits, self.encode)


def _answer(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    send: Callable[[bool, object], None],
) -> None:
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        send(True, error)
    else:
        send(False, result)


def _answer_in_thread(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    send: Callable[[bool, object], None],
) -> None:
    try:
        _answer(function, args, kwargs, send)
    except BaseException as error:  # in a thread of its own nobody else would hear of it
        send(True, error)


def decoders() -> dict[str, Callable[..., Any]]:
    """Decoders of the kinds of values that only the judge's side has."""
    return {"exception": lambda tree, decode: build_exception(decode_exception(tree, decode))}
