"""What became of a program that was run."""

from __future__ import annotations

from dataclasses import dataclass, field

_TAIL_LINES = 20
_TAIL_CHARS = 1200


@dataclass(frozen=True)
class Completed:
    """A finished program, as the kernel told it.

    `outcome` is "exited", "signaled", "timed_out" or "out_of_memory". CPU (user and system) and memory (the
    largest resident set of one process) include the processes it waited for and those it left behind.
    `peak_anon_bytes` is what the sandbox held more than before the start, at most: anonymous and shared
    memory of all processes, files in tmpfs included, looked at fifty times a second. None without a sandbox.
    """

    exit_code: int | None
    signal: int | None
    outcome: str
    wall_s: float
    cpu_s: float
    peak_memory_bytes: int
    peak_anon_bytes: int | None
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    stdout_truncated: bool = False
    stderr_truncated: bool = False

    @property
    def text(self) -> str:
        """Standard output as UTF-8, undecodable bytes replaced."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def error_text(self) -> str:
        """Standard error as UTF-8, undecodable bytes replaced."""
        return self.stderr.decode("utf-8", "replace")

    def describe(self) -> str:
        """One line on how it ended, then the end of its standard error."""
        if self.outcome == "exited":
            how = f"exited with {self.exit_code}"
        elif self.outcome == "signaled":
            how = f"was ended by signal {self.signal}"
        else:
            how = self.outcome.replace("_", " ")
        tail = stderr_tail(self.stderr)
        return f"the program {how} after {self.wall_s:.1f} s{tail}"


def stderr_tail(data: bytes) -> str:
    """The end of a captured stderr as a note for a reviewer, or nothing."""
    text = data[-4 * _TAIL_CHARS :].decode("utf-8", "replace").strip()
    if not text:
        return ""
    lines = "\n".join(text.splitlines()[-_TAIL_LINES:])[-_TAIL_CHARS:]
    return f"\nlast lines of its stderr:\n{lines}"
