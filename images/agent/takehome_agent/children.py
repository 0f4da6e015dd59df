"""One candidate process as the agent sees it: fork, capped capture of its output, death, cost."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from takehome_agent import kernel
from takehome_agent.loop import READ, WRITE, Loop

_CHUNK = 1 << 16
_DRAIN_BYTES = 4 << 20


class CannotStart(Exception):
    """A process could not be made (limits), or its program could not be executed."""


class Capture:
    """Reads one output pipe for as long as it lives and keeps the first `cap` bytes."""

    def __init__(self, loop: Loop, fd: int, cap: int) -> None:
        os.set_blocking(fd, False)
        self.data = bytearray()
        self.truncated = False
        self._loop = loop
        self._fd = fd
        self._cap = cap
        loop.watch(fd, READ, self.read_some)

    def read_some(self) -> int:
        """Take what is there, at most one chunk. Returns its size, 0 at the end or when there is none."""
        if self._fd < 0:
            return 0
        try:
            chunk = os.read(self._fd, _CHUNK)
        except BlockingIOError:
            return 0
        except OSError:
            chunk = b""
        if not chunk:
            self.close()
            return 0
        room = self._cap - len(self.data)
        self.data += chunk[:room] if room < len(chunk) else chunk
        self.truncated = self.truncated or len(chunk) > room
        return len(chunk)

    def finish(self) -> None:
        """Take what is in the pipe and close it: a process left behind may hold it open for ever."""
        budget = _DRAIN_BYTES
        while budget > 0 and (size := self.read_some()):
            budget -= size
        self.close()

    def close(self) -> None:
        """Stop reading."""
        if self._fd >= 0:
            self._loop.unwatch(self._fd)
            os.close(self._fd)
            self._fd = -1


class Feed:
    """Writes standard input as fast as the process reads it."""

    def __init__(self, loop: Loop, fd: int) -> None:
        os.set_blocking(fd, False)
        self._loop = loop
        self._fd = fd
        self._data = bytearray()
        self._ended = False

    def write(self, data: bytes, *, end: bool) -> None:
        """Add bytes; `end` closes the stream after them."""
        self._data += data
        self._ended = self._ended or end
        if self._fd >= 0:
            self._loop.watch(self._fd, WRITE, self._write_some)

    @property
    def backlog(self) -> int:
        """Bytes that the process has not taken yet."""
        return len(self._data) if self._fd >= 0 else 0

    def close(self) -> None:
        """Close the pipe now."""
        if self._fd >= 0:
            self._loop.unwatch(self._fd)
            os.close(self._fd)
            self._fd = -1
        self._data.clear()

    def _write_some(self) -> None:
        try:
            if self._data:
                with memoryview(self._data) as view:
                    written = os.write(self._fd, view[:_CHUNK])
                del self._data[:written]
        except BlockingIOError:
            return
        except OSError:
            self.close()  # the process closed its end; what it did not read is lost
            return
        if not self._data:
            if self._ended:
                self.close()
            else:
                self._loop.unwatch(self._fd)


@dataclass
class Cost:
    """CPU seconds (user and system) and the largest resident set of one process."""

    cpu_s: float = 0.0
    peak_memory_bytes: int = 0

    def add(self, rusage: resource.struct_rusage) -> None:
        """Add what wait4 said about a dead process."""
        self.cpu_s += rusage.ru_utime + rusage.ru_stime
        self.peak_memory_bytes = max(self.peak_memory_bytes, kernel.rss_bytes(rusage.ru_maxrss))


@dataclass(eq=False)
class Child:
    """A process we started. `status` is wait4's, None while it runs; `stopped_for` says why we killed it."""

    pid: int
    stdout: Capture
    stderr: Capture
    feed: Feed | None
    on_exit: Callable[[Child], None]
    started: float = field(default_factory=time.monotonic)
    oom_kills_before: int | None = field(default_factory=kernel.oom_kills)
    status: int | None = None
    wall_s: float = 0.0
    cost: Cost = field(default_factory=Cost)
    stopped_for: str | None = None

    @property
    def exit_code(self) -> int | None:
        """The exit code, None when it runs or died of a signal."""
        if self.status is None or not os.WIFEXITED(self.status):
            return None
        return os.WEXITSTATUS(self.status)

    @property
    def signal(self) -> int | None:
        """The number of the signal it died of, else None."""
        if self.status is None or not os.WIFSIGNALED(self.status):
            return None
        return os.WTERMSIG(self.status)

    @property
    def outcome(self) -> str:
        """`exited`, `signaled`, `timed_out` or `out_of_memory` (of a dead process)."""
        if self.stopped_for == "timed_out":
            return "timed_out"
        if self.signal is None:
            return "exited"
        if self.signal == signal.SIGKILL and self.stopped_for is None and self._oom_killer_came():
            return "out_of_memory"
        return "signaled"

    def _oom_killer_came(self) -> bool:
        now = kernel.oom_kills()
        return now is not None and self.oom_kills_before is not None and now > self.oom_kills_before

    def send(self, number: int) -> None:
        """Signal the process itself. It is ours until reaped, so its pid cannot have been reused."""
        if self.status is None:
            try:
                os.kill(self.pid, number)
            except (ProcessLookupError, PermissionError):
                pass

    def kill_tree(self) -> None:
        """SIGKILL the process, what it started and its process group, as far as links tell."""
        below = kernel.descendants(self.pid) if self.status is None else []
        self.send(signal.SIGKILL)
        for info in below:
            _kill(info.pid)
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def close(self) -> None:
        """Let go of its pipes."""
        self.stdout.finish()
        self.stderr.finish()
        if self.feed is not None:
            self.feed.close()


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def fork_child(
    loop: Loop,
    output_cap: int,
    body: Callable[[], None],
    on_exit: Callable[[Child], None],
    *,
    keep: Sequence[int] = (),
    stdin: bool = False,
    die_with_parent: bool = False,
) -> Child:
    """Fork a process of the candidate that runs `body` and never returns. Raises CannotStart.

    It leads a session of its own, has no descriptor of ours but `keep`, and default signal dispositions.
    `die_with_parent` is for local runs, where nobody ends the namespace when we die.
    """
    pipes = [os.pipe() for _ in range(3 if stdin else 2)]
    (out_read, out_write), (err_read, err_write) = pipes[:2]
    in_read, in_write = pipes[2] if stdin else (-1, -1)
    try:
        pid = os.fork()
    except OSError as error:
        for fd in (fd for pair in pipes for fd in pair):
            os.close(fd)
        raise CannotStart(f"no process could be made: {error.strerror}") from None
    if pid == 0:
        try:
            _become_candidate(in_read, out_write, err_write, keep, die_with_parent)
            body()
        finally:
            os._exit(70)
    for fd in (out_write, err_write, in_read):
        if fd >= 0:
            os.close(fd)
    stdout, stderr = Capture(loop, out_read, output_cap), Capture(loop, err_read, output_cap)
    return Child(pid, stdout, stderr, Feed(loop, in_write) if stdin else None, on_exit)


def _become_candidate(
    stdin: int, stdout: int, stderr: int, keep: Sequence[int], die_with_parent: bool
) -> None:
    # The dispositions come first: a wake-up written here would go to the parent's pipe.
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    kernel.prepare_candidate(die_with_parent)
    os.umask(0o022)
    if stdin < 0:
        stdin = os.open(os.devnull, os.O_RDONLY)
    # Descriptors 0 to 2 are never ours (see __main__), so no dup2 overwrites a source.
    for target, source in enumerate((stdin, stdout, stderr)):
        os.dup2(source, target)
    highest = os.sysconf("SC_OPEN_MAX")
    previous = 2
    for fd in (*sorted(keep), min(highest, 1 << 16)):
        os.closerange(previous + 1, fd)
        previous = fd


def exec_body(
    argv: Sequence[str], env: Mapping[str, str], cwd: str, layout: int | None = None
) -> Callable[[], None]:
    """A `body` for `fork_child` that becomes another program; exit code 127 when it cannot.

    `layout`: what the program's addresses follow from (`kernel.lay_out`); chance without it.
    """

    def body() -> None:
        try:
            os.chdir(cwd)
            if layout is not None:
                kernel.lay_out(layout)
            os.execvpe(argv[0], list(argv), dict(env))
        except OSError as error:
            os.write(2, f"takehome: cannot execute {argv[0]!r}: {error.strerror}\n".encode())
        os._exit(127)

    return body


def python_streams() -> None:
    """In a forked worker: fresh sys.stdin/stdout/stderr over descriptors 0 to 2."""
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    for stream, name in ((sys.stdin, "<stdin>"), (sys.stdout, "<stdout>"), (sys.stderr, "<stderr>")):
        stream.buffer.raw.name = name  # type: ignore[attr-defined]
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
