"""The author's view of a submission: `Sandbox` opens scenarios, `Solution` is the candidate inside one."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from takehome_pytest import canary, entry
from takehome_pytest.calls import Caller, Handle, TimedWorker, Worker
from takehome_pytest.completed import Completed
from takehome_pytest.faults import CandidateCrashed
from takehome_pytest.programs import Process, Service, free_port
from takehome_pytest.transport.client import AgentClient, AgentRefusal
from takehome_wire.limits import MAX_VALUE_BYTES

__all__ = ["Handle", "Limits", "Process", "Sandbox", "Service", "Solution", "Worker"]

_TRANSFER_BYTES = 4 << 20
_GET_BYTES = 256 << 20
_OS_ERRORS: dict[str, type[OSError]] = {
    kind.__name__: kind
    for kind in (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
}


@dataclass(frozen=True)
class Limits:
    """The challenge's limits that the judge itself needs."""

    call_timeout_s: float = 30.0
    output_bytes: int = 1 << 20
    value_bytes: int = MAX_VALUE_BYTES

    def to_wire(self) -> dict[str, float | int]:
        """As in the protocol's `limits`."""
        return {
            "call_timeout_s": self.call_timeout_s,
            "output_bytes": self.output_bytes,
            "value_bytes": self.value_bytes,
        }


class Sandbox:
    """The candidate's container (or its local stand-in). One scenario is open at a time."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.client: AgentClient | None = None
        self.clean = True
        self.last_completed: Completed | None = None
        self._open: Solution | None = None

    @property
    def usable(self) -> bool:
        """Whether the next scenario can start: the agent is there and could clean up so far."""
        return self.client is not None and self.client.lost is None and self.clean

    @property
    def why_unusable(self) -> str:
        """A phrase on why no scenario can start."""
        if self.client is None:
            return "there is no candidate"
        if self.client.lost is not None:
            return f"the sandbox is gone: {self.client.lost}"
        return "what the candidate left behind could not be removed"

    @property
    def busy(self) -> bool:
        """Whether a scenario is open."""
        return self._open is not None

    def ask(self, kind: str, fields: dict[str, Any], *, timeout_s: float = 0.0) -> dict[str, Any]:
        """A request of the judge itself. Raises CandidateCrashed."""
        try:
            return self._require_client().request(kind, fields, timeout_s=timeout_s)
        except AgentRefusal as error:
            raise CandidateCrashed(str(error)) from None

    def attach(self, client: AgentClient) -> None:
        """Use this agent from now on."""
        self.client, self.clean, self._open = client, True, None

    def detach(self) -> None:
        """Hang up."""
        if self.client is not None:
            self.client.close()
        self.client = None

    @contextlib.contextmanager
    def scenario(self, env: Mapping[str, str] | None = None, layout: int | None = None) -> Iterator[Solution]:
        """A pristine copy of the submission and empty scratch space; everything is killed at the end.

        `env` goes into the environment of every program in it, and their addresses follow from `layout`.

        Raises RuntimeError when another scenario is still open, CandidateCrashed when the sandbox is gone.
        """
        __tracebackhide__ = True
        if self._open is not None:
            raise RuntimeError(
                "a scenario is open already: leave its `with` block first, and do not use the `solution` "
                "fixture in a test whose module or class fixture keeps a scenario open"
            )
        client = self._require_client()
        if not self.ask("begin", {})["clean"]:
            self.clean = False
            raise CandidateCrashed(self.why_unusable)
        solution = Solution(self, client, env, layout)
        self._open = solution
        self.last_completed = None
        try:
            yield solution
        finally:
            self._open = None
            solution.end()

    def _require_client(self) -> AgentClient:
        __tracebackhide__ = True
        if self.client is None or not self.usable:
            raise CandidateCrashed(self.why_unusable)
        return self.client


class Solution:
    """One submission in one scenario. Paths are relative to the working directory, or absolute."""

    def __init__(
        self, sandbox: Sandbox, client: AgentClient, env: Mapping[str, str] | None, layout: int | None
    ) -> None:
        self._sandbox = sandbox
        self._client: AgentClient | None = client
        self._env = dict(env or {})
        self._layout = layout
        self._caller = Caller(self._ask, sandbox.limits.value_bytes, sandbox.limits.call_timeout_s)
        self.work_dir: str = client.dirs["work_dir"]
        self.state_dir: str = client.dirs["state_dir"]
        self.tmp_dir: str = client.dirs["tmp_dir"]

    # -- functions --------------------------------------------------------------------------------

    def call(self, target: str, *args: Any, timeout: float | None = None, **kwargs: Any) -> Any:
        """Call `package.module:function` in a fresh process and return its value.

        An async function is awaited. An exception of the candidate is raised here: built-in types as
        themselves, others as CandidateException. Raises CandidateCrashed, CandidateTimedOut (after
        `timeout` seconds, default the challenge's call_timeout), CandidateOutOfMemory or
        CandidateValueRefused when there is no value.
        """
        __tracebackhide__ = True
        return self._caller.invoke("call", target, args, kwargs, timeout=timeout, target=target)

    def worker(self) -> Worker:
        """A process for several calls; use it in a `with` statement."""
        __tracebackhide__ = True
        return Worker(self._caller, int(self._ask("worker", {})["worker"]), self._close_worker)

    def timed_worker(self, hash_seed: int) -> TimedWorker:
        """A process for timing, with a string hash of its own; it ends with the scenario."""
        __tracebackhide__ = True
        reply = self._ask("worker", {"hash_seed": hash_seed})
        return TimedWorker(self._caller, int(reply["worker"]))

    # -- programs ---------------------------------------------------------------------------------

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes | str = b"",
        files: Mapping[str, bytes | str] | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        check: bool = True,
    ) -> Completed:
        """Run a program to its end and return how it ended. The exit code is never checked.

        After `timeout` seconds (default: call_timeout) it is killed. With `check`, raises CandidateTimedOut
        or CandidateOutOfMemory for these outcomes.
        """
        __tracebackhide__ = True
        timeout_s = self._sandbox.limits.call_timeout_s if timeout is None else timeout
        process = self._spawn(argv, stdin=stdin, env=env, files=files, timeout_s=timeout_s)
        return process.wait_until_killed(timeout_s, check=check)

    def start(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes | str | None = None,
        env: Mapping[str, str] | None = None,
        files: Mapping[str, bytes | str] | None = None,
    ) -> Process:
        """Start a program and return at once. `stdin` None gives it no input, else it is fed and closed."""
        __tracebackhide__ = True
        return self._spawn(argv, stdin=stdin, env=env, files=files, timeout_s=None)

    def serve(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        ready: str | None = "/healthz",
        timeout: float = 30.0,
    ) -> Service:
        """Start a service with a free port in `PORT` and wait until `ready` answers (None: until it accepts).

        Any status below 500 counts as an answer. Raises CandidateCrashed or CandidateTimedOut.
        """
        __tracebackhide__ = True
        port = free_port()
        process = self.start(argv, env={**(env or {}), "PORT": str(port)})
        service = Service(process, port)
        service.wait_ready(ready, timeout)
        return service

    def entry_point(self, default: Sequence[str]) -> list[str]:
        """The argv of a submission that may choose its own: `run` of its takehome.toml, else `default`.

        Raises CandidateCrashed when the file is there but no good.
        """
        __tracebackhide__ = True
        try:
            data: bytes | None = self.get(entry.FILE)
        except FileNotFoundError:
            data = None
        return entry.read_entry_point(data, default)

    # -- files ------------------------------------------------------------------------------------

    def put(self, path: str, data: bytes | str | Iterable[bytes]) -> None:
        """Write a file (text as UTF-8); folders are made. An iterable of bytes is streamed."""
        __tracebackhide__ = True
        if isinstance(data, str):
            data = data.encode("utf-8")
        parts = _pieces(data) if isinstance(data, (bytes, bytearray, memoryview)) else _regroup(data)
        append = False
        for part in parts:
            canary.leaves(part)
            text = base64.b64encode(part).decode("ascii")
            self._ask("put", {"path": path, "data": text, "append": append})
            append = True

    def get(self, path: str, *, max_bytes: int = _GET_BYTES) -> bytes:
        """The bytes of a regular file. Raises FileNotFoundError, IsADirectoryError or OSError."""
        __tracebackhide__ = True
        data = bytearray()
        while True:
            reply = self._ask("get", {"path": path, "offset": len(data)})
            part = base64.b64decode(reply["data"])
            canary.arrives(part)
            data += part
            if len(data) > max_bytes:
                raise OSError(f"{path} holds more than {max_bytes} bytes")
            if len(part) < _TRANSFER_BYTES:
                return bytes(data)

    def list(self, path: str = ".", *, recursive: bool = False) -> list[str]:
        """The sorted names in a folder, folders with a trailing slash; `recursive`: all files below it."""
        __tracebackhide__ = True
        return [str(name) for name in self._ask("list", {"path": path, "recursive": recursive})["names"]]

    # -- the rest ---------------------------------------------------------------------------------

    def end(self) -> None:
        """End the scenario (the fixture does). Raises CandidateCrashed when the sandbox is gone or dirty."""
        __tracebackhide__ = True
        client, self._client = self._client, None
        self._caller.close()
        if client is None:
            return
        if not client.request("end", {})["clean"]:
            self._sandbox.clean = False

    def _spawn(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes | str | None,
        env: Mapping[str, str] | None,
        files: Mapping[str, bytes | str] | None,
        timeout_s: float | None,
    ) -> Process:
        __tracebackhide__ = True
        for path, data in (files or {}).items():
            self.put(path, data)
        fields = {
            "argv": list(argv),
            "env": {**self._env, **(env or {})},
            "stdin": bool(stdin),
            "timeout_s": timeout_s,
        }
        if self._layout is not None:
            fields["layout"] = self._layout
        reply = self._ask("spawn", fields)
        call_timeout_s = self._sandbox.limits.call_timeout_s
        label = " ".join(argv)[:200]
        number, pid = int(reply["process"]), int(reply["pid"])
        process = Process(self._ask, number, pid, label, call_timeout_s, self._remember)
        if stdin:
            process.feed(stdin.encode() if isinstance(stdin, str) else stdin, end=True)
        return process

    def _remember(self, completed: Completed) -> None:
        self._sandbox.last_completed = completed

    def _close_worker(self, number: int) -> None:
        if self._client is not None and self._client.lost is None:
            self._ask("close_worker", {"worker": number})

    def _ask(
        self,
        kind: str,
        fields: dict[str, Any],
        *,
        timeout_s: float = 0.0,
        on_callback: Callable[..., None] | None = None,
    ) -> dict[str, Any]:
        __tracebackhide__ = True
        if self._client is None:
            raise RuntimeError("this scenario is over")
        try:
            return self._client.request(kind, fields, timeout_s=timeout_s, on_callback=on_callback)
        except AgentRefusal as error:
            if error.code in _OS_ERRORS:
                raise _OS_ERRORS[error.code](str(error)) from None
            if error.code == "cannot_start":
                raise CandidateCrashed(str(error)) from None
            if error.code in ("bad_request", "outside", "no_scenario"):
                raise ValueError(str(error)) from None
            raise OSError(str(error)) from None


def _pieces(data: bytes | bytearray | memoryview) -> Iterator[bytes]:
    for offset in range(0, max(len(data), 1), _TRANSFER_BYTES):
        yield bytes(data[offset : offset + _TRANSFER_BYTES])


def _regroup(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Few large pieces out of many small ones; at least one, so that an empty file is made."""
    pending = bytearray()
    sent = False
    for part in parts:
        pending += part
        while len(pending) >= _TRANSFER_BYTES:
            yield bytes(pending[:_TRANSFER_BYTES])
            sent = True
            del pending[:_TRANSFER_BYTES]
    if pending or not sent:
        yield bytes(pending)
