"""Functions of the judge as the candidate sees them, and the socket they are answered over."""

from __future__ import annotations

import builtins
import itertools
import queue
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from takehome_wire.exceptions import ExceptionData, decode_exception
from takehome_wire.frames import encode_frame, read_frame
from takehome_wire.limits import Limits
from takehome_wire.values import dumps, loads


class Channel:
    """The worker's end of its socket.

    Plain calls read it from the main thread. Once a function of the judge is handed over, a thread reads
    it, because candidate threads and coroutines may then wait for several answers at once.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        self._socket = sock
        self._stream = sock.makefile("rb")
        self._send_lock = threading.Lock()
        self._requests: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._reader: threading.Thread | None = None
        self._waiting: dict[int, Future[tuple[bool, str]]] = {}
        self._serial = itertools.count(1)

    def next_request(self) -> dict[str, Any] | None:
        """The next request of the agent, None when it hung up."""
        if self._reader is not None:
            return self._requests.get()
        return read_frame(self._stream)

    def send(self, message: dict[str, Any]) -> None:
        """Send one frame."""
        data = encode_frame(message)
        with self._send_lock:
            self._socket.sendall(data)

    def expect_answers(self) -> None:
        """Start the thread that reads answers, unless it runs."""
        if self._reader is None:
            self._reader = threading.Thread(target=self._read, name="takehome-answers", daemon=True)
            self._reader.start()

    def ask(self, function: int, value: str) -> tuple[int, Future[tuple[bool, str]]]:
        """Call a function of the judge. The future holds (raised, value)."""
        number = next(self._serial)
        future: Future[tuple[bool, str]] = Future()
        self._waiting[number] = future
        self.send({"type": "callback", "id": number, "function": function, "value": value})
        return number, future

    def cancel(self, number: int) -> None:
        """Tell the judge that nobody waits for this answer any more."""
        if self._waiting.pop(number, None) is not None:
            self.send({"type": "cancel", "id": number})

    def _read(self) -> None:
        while (message := read_frame(self._stream)) is not None:
            if message["type"] != "answer":
                self._requests.put(message)
                continue
            future = self._waiting.pop(message["id"], None)
            if future is not None and future.set_running_or_notify_cancel():
                future.set_result((message["raised"], message["value"]))
        self._requests.put(None)


class Stub:
    """An object whose attributes the judge chose, functions among them."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.__dict__.update(attributes)


class Functions:
    """Makes functions, stubs and exceptions out of what the judge sent."""

    def __init__(self, channel: Channel, limits: Limits) -> None:
        self._channel = channel
        self._limits = limits

    def decoders(self) -> dict[str, Callable[..., Any]]:
        """Decoders of the kinds of values that only the candidate's side has."""
        return {"function": self._function, "stub": _stub, "exception": self._exception}

    def _function(self, tree: list[Any], _decode: Callable[[Any], Any]) -> Callable[..., Any]:
        _, number, name, is_async = tree
        self._channel.expect_answers()

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._outcome(*self._channel.ask(number, self._pack(args, kwargs))[1].result())

        async def call_async(*args: Any, **kwargs: Any) -> Any:
            return await self._call_async(number, args, kwargs)

        function = call_async if is_async else call
        function.__name__ = function.__qualname__ = name
        return function

    async def _call_async(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        import asyncio

        call, future = self._channel.ask(number, self._pack(args, kwargs))
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._outcome(*future.result())  # another framework's loop; it waits
        try:
            raised, value = await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            self._channel.cancel(call)
            raise
        return self._outcome(raised, value)

    def _pack(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        return dumps((args, kwargs), self._limits)

    def _outcome(self, raised: bool, value: str) -> Any:
        result = loads(value, Limits(), self.decoders())
        if raised:
            raise result
        return result

    def _exception(self, tree: list[Any], decode: Callable[[Any], Any]) -> BaseException:
        return build_exception(decode_exception(tree, decode))


def build_exception(data: ExceptionData) -> BaseException:
    """The nearest built-in exception with the same arguments."""
    kind = getattr(builtins, data.builtin_name)
    try:
        error = kind(*data.args)
    except Exception:
        error = RuntimeError(data.text)
    error.__dict__.update(data.attributes)
    return error  # type: ignore[no-any-return]


def _stub(tree: list[Any], decode: Callable[[Any], Any]) -> Stub:
    return Stub(decode(tree[1]))
