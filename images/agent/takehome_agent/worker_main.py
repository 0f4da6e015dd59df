"""What runs in a forked worker: candidate code, and the loop that asks for it.

From here on nothing can be trusted. Candidate code shares this interpreter and may do to it what it likes;
all it can gain is to have said something else over its own socket, which is the same as returning it.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import os
import socket
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from takehome_agent import warm
from takehome_agent.functions import Channel, Functions
from takehome_agent.probe import probe
from takehome_wire.exceptions import encode_exception
from takehome_wire.limits import Limits, ValueRefused
from takehome_wire.values import dumps, loads


@dataclass(frozen=True)
class Setting:
    """Where and how a worker runs."""

    submission_dir: str
    env: dict[str, str]
    value_bytes: int


def serve(sock: socket.socket, setting: Setting) -> None:
    """Answer requests until the agent hangs up. Runs in the child only."""
    warm.start_afresh(setting.submission_dir, setting.env)
    warm.forget_hidden_modules(setting.submission_dir)
    sys.argv = [""]
    sys.modules["__main__"] = types.ModuleType("__main__")  # ours is no business of multiprocessing's
    sys.path.insert(0, setting.submission_dir)
    channel = Channel(sock)
    worker = _Worker(channel, setting)
    while (message := channel.next_request()) is not None:
        reply = worker.handle(message)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        channel.send(reply)
    os._exit(0)


class _Worker:
    def __init__(self, channel: Channel, setting: Setting) -> None:
        self._limits = Limits(max_bytes=setting.value_bytes)
        self._functions = Functions(channel, self._limits)
        self._setting = setting
        self._kept: dict[int, Any] = {}
        self._loaded: list[tuple[list[Any], dict[str, Any]]] = []
        self._results: list[Any] = []
        self._serial = itertools.count(1)
        self._runner: Any = None

    def handle(self, message: dict[str, Any]) -> dict[str, Any]:
        seq = message["seq"]
        if message["type"] == "probe":
            ok, text = probe(message["module"], self._setting.submission_dir)
            return {"type": "probed", "seq": seq, "fine": ok, "message": text}
        try:
            value, outcome = self._attempt(message)
            extra: Callable[..., Any] = self._encode_extra
            return {
                "type": "result",
                "seq": seq,
                "outcome": outcome,
                "value": dumps(value, self._limits, extra),
            }
        except ValueRefused as error:
            return {"type": "result", "seq": seq, "outcome": "refused", "message": str(error)}
        except Exception as error:
            text = f"the value could not be read: {type(error).__name__}"
            return {"type": "result", "seq": seq, "outcome": "refused", "message": text}

    def _attempt(self, message: dict[str, Any]) -> tuple[Any, str]:
        args, kwargs = loads(message["value"], Limits(), self._decoders())
        try:
            result = self._act(message, args, kwargs)
            if message["action"] == "new":
                number = next(self._serial)
                self._kept[number] = result
                return number, "returned"
            return result, "returned"
        except BaseException as error:
            return error, "raised"

    def _act(self, message: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        action = message["action"]
        if action in ("call", "new"):
            return self._settle(_resolve(message["target"])(*args, **kwargs))
        if action == "load":
            self._loaded, self._results = [(args, {}) for args in args], []
            return len(self._loaded)
        if action == "go":
            function = _resolve(message["target"])
            self._results = [self._settle(function(*args, **kwargs)) for args, kwargs in self._loaded]
            return None
        if action == "fetch":
            self._loaded, results, self._results = [], self._results, []
            return results
        target = self._kept[message["ref"]]
        if action == "method":
            return self._settle(getattr(target, message["name"])(*args, **kwargs))
        if action == "get":
            return getattr(target, message["name"])
        return self._take(target, message["count"])

    def _take(self, target: Any, count: int) -> list[Any]:
        if hasattr(type(target), "__anext__") or hasattr(type(target), "__aiter__"):
            return list(self._settle(_take_async(target, count)))
        # The object itself where it is an iterator, so that the next `take` goes on.
        return list(itertools.islice(target, count))

    def _settle(self, result: Any) -> Any:
        """Await what can be awaited. One loop for the worker's life: objects may be bound to it."""
        if not inspect.isawaitable(result):
            return result
        if self._runner is None:
            import asyncio

            self._runner = asyncio.Runner()
        return self._runner.run(_await(result))

    def _encode_extra(self, value: object, encode: Callable[[object], Any]) -> Any:
        if issubclass(type(value), BaseException):
            return encode_exception(value, encode)  # type: ignore[arg-type]
        return None

    def _decoders(self) -> dict[str, Callable[..., Any]]:
        return {**self._functions.decoders(), "ref": lambda tree, _: self._kept[tree[1]]}


async def _await(awaitable: Any) -> Any:
    return await awaitable


async def _take_async(target: Any, count: int) -> list[Any]:
    found: list[Any] = []
    iterator = aiter(target)
    while len(found) < count:
        try:
            found.append(await anext(iterator))
        except StopAsyncIteration:
            break
    return found


def _resolve(target: str) -> Any:
    """`package.module:name.attribute`, imported here and now."""
    module, _, path = target.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found
