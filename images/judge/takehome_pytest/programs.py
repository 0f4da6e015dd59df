"""Programs of the candidate: command lines that run, and services that listen."""

from __future__ import annotations

import base64
import http.client
import signal as signals
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple

from takehome_pytest import canary
from takehome_pytest.completed import Completed
from takehome_pytest.faults import CandidateCrashed, CandidateOutOfMemory, CandidateTimedOut

Ask = Callable[..., dict[str, Any]]


class Usage(NamedTuple):
    """What a process and its children have cost so far."""

    cpu_s: float
    peak_memory_bytes: int
    processes: int


class Process:
    """A started program. Any thread may use it, for example an origin's handler."""

    def __init__(
        self,
        ask: Ask,
        number: int,
        pid: int,
        label: str,
        default_timeout_s: float,
        on_done: Callable[[Completed], None],
    ) -> None:
        self._ask = ask
        self._number = number
        self._label = label
        self._default_timeout_s = default_timeout_s
        self._on_done = on_done
        self._completed: Completed | None = None
        self.pid = pid

    @property
    def running(self) -> bool:
        """Whether the program, or something it left behind, is still there."""
        if self._completed is not None:
            return False
        return bool(self._request("poll")["running"])

    def signal(self, number: int | signals.Signals) -> None:
        """Send a signal to the main process."""
        self._request("signal", number=int(number))

    def kill(self) -> None:
        """SIGKILL the process and what it started."""
        self._request("signal", tree=True)

    def wait(self, timeout: float | None = None, *, check: bool = True) -> Completed:
        """Wait until it is over; `timeout` seconds from now (default: the call timeout) it is killed.

        With `check`, raises CandidateTimedOut or CandidateOutOfMemory when that was how it ended.
        """
        __tracebackhide__ = True
        if self._completed is None:
            timeout_s = self._default_timeout_s if timeout is None else timeout
            self._complete(self._request("wait", timeout_s=timeout_s, _wait=timeout_s))
        return self._result(check)

    def wait_until_killed(self, deadline_s: float, *, check: bool) -> Completed:
        """Wait for a process that was started with a deadline of its own, `deadline_s` at most from now."""
        __tracebackhide__ = True
        self._complete(self._request("wait", _wait=deadline_s))
        return self._result(check)

    def usage(self) -> Usage:
        """CPU seconds and the largest resident set so far, of the process and what it started."""
        reply = self._request("usage")
        return Usage(float(reply["cpu_s"]), int(reply["peak_memory_bytes"]), int(reply["processes"]))

    def clock(self) -> tuple[int, int]:
        """Nanoseconds: CPU of the running process and what it started, and a moment of the agent's clock."""
        reply = self._request("clock")
        return int(reply["cpu_ns"]), int(reply["wall_ns"])

    def output(self) -> tuple[bytes, bytes]:
        """What it has written to stdout and stderr so far."""
        reply = self._request("poll", output=True)
        return self._stream(reply, "stdout"), self._stream(reply, "stderr")

    def feed(self, data: bytes, *, end: bool = False) -> None:
        """Write to the standard input of a process started with `stdin`; `end` closes it.

        Raises CandidateTimedOut when it does not read for the call timeout.
        """
        __tracebackhide__ = True
        canary.leaves(data)
        step = 4 << 20
        timeout_s = self._default_timeout_s
        for offset in range(0, max(len(data), 1), step):
            part = base64.b64encode(data[offset : offset + step]).decode("ascii")
            last = end and offset + step >= len(data)
            if self._request("feed", data=part, end=last, timeout_s=timeout_s, _wait=timeout_s)["stuck"]:
                raise CandidateTimedOut(f"{self._label} does not read its standard input")

    def _request(self, kind: str, *, _wait: float = 0.0, **fields: Any) -> dict[str, Any]:
        __tracebackhide__ = True
        return self._ask(kind, {"process": self._number, **fields}, timeout_s=_wait)

    def _result(self, check: bool) -> Completed:
        __tracebackhide__ = True
        assert self._completed is not None
        if check:
            check_outcome(self._completed, self._label)
        return self._completed

    def _complete(self, reply: dict[str, Any]) -> None:
        self._completed = Completed(
            exit_code=reply["exit_code"],
            signal=reply["signal"],
            outcome=str(reply["outcome"]),
            wall_s=float(reply["wall_s"]),
            cpu_s=float(reply["cpu_s"]),
            peak_memory_bytes=int(reply["peak_memory_bytes"]),
            peak_anon_bytes=None if reply["peak_anon_bytes"] is None else int(reply["peak_anon_bytes"]),
            stdout=self._stream(reply, "stdout"),
            stderr=self._stream(reply, "stderr"),
            stdout_truncated=bool(reply["stdout_truncated"]),
            stderr_truncated=bool(reply["stderr_truncated"]),
        )
        self._on_done(self._completed)

    def _stream(self, reply: dict[str, Any], name: str) -> bytes:
        data = base64.b64decode(reply[name])
        while len(data) < reply[f"{name}_bytes"]:
            more = base64.b64decode(self._request("output", stream=name, offset=len(data))["data"])
            if not more:
                break
            data += more
        canary.arrives(data)
        return data


def check_outcome(completed: Completed, label: str) -> None:
    """Raise the fault that an outcome stands for, if any."""
    __tracebackhide__ = True
    if completed.outcome == "timed_out":
        raise CandidateTimedOut(f"{label} did not end in time: {completed.describe()}")
    if completed.outcome == "out_of_memory":
        raise CandidateOutOfMemory(f"{label} ran out of memory: {completed.describe()}")


class Response(NamedTuple):
    """An answer of a candidate's service."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Service:
    """A started program that answers HTTP on 127.0.0.1. As a context manager it is killed at the end."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def request(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        *,
        timeout: float = 10.0,
        max_bytes: int = 8 << 20,
    ) -> Response:
        """One request on a connection of its own; redirects are not followed, the body is cut at `max_bytes`.

        Raises OSError or http.client.HTTPException when there is no proper answer.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Response(response.status, response.headers, read_body(response, max_bytes))
        finally:
            connection.close()

    def stop(self, timeout: float = 10.0) -> Completed:
        """SIGTERM, then SIGKILL after `timeout` seconds."""
        self.process.signal(signals.SIGTERM)
        return self.process.wait(timeout, check=False)

    def wait_ready(self, path: str | None, timeout: float) -> None:
        """Wait until it answers (`path`), or accepts (None). Raises CandidateCrashed or CandidateTimedOut."""
        __tracebackhide__ = True
        give_up = time.monotonic() + timeout
        pause = 0.01
        while not self._answers(path):
            if not self.process.running:
                done = self.process.wait(check=True)
                raise CandidateCrashed(f"the service ended before it was ready: {done.describe()}")
            if time.monotonic() > give_up:
                self.process.kill()
                done = self.process.wait(check=False)
                where = path or "a connection"
                raise CandidateTimedOut(
                    f"the service did not answer {where} within {timeout:g} s: {done.describe()}"
                )
            time.sleep(pause)
            pause = min(pause * 1.5, 0.25)

    def _answers(self, path: str | None) -> bool:
        try:
            if path is None:
                socket.create_connection(("127.0.0.1", self.port), timeout=1.0).close()
                return True
            return self.request("GET", path, timeout=2.0, max_bytes=1 << 16).status < 500
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.running:
            self.process.kill()
            self.process.wait(check=False)


def read_body(response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    """At most `max_bytes` of a body. Not by `read`, to which a chunk of size -1 is all that ever comes."""
    body = bytearray()
    buffer = memoryview(bytearray(min(max_bytes, 1 << 16)))
    while count := response.readinto(buffer[: max_bytes - len(body)]):
        body += buffer[:count]
    return bytes(body)


def free_port() -> int:
    """A loopback port that nothing listens on just now."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
