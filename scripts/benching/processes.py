"""Processes, and what they cost: wall time, and the CPU time of them and of the children they waited for."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_S = 1800


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    code: int
    wall_s: float
    cpu_s: float
    out: str
    err: str


def run(
    command: Sequence[object],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
    on_line: Callable[[str], None] | None = None,
) -> Ended:
    """Runs it to its end; `on_line` gets each line of its standard error as it comes.

    The CPU time is wait4's: what a process that nobody waited for has used is not in it. After `timeout_s` it
    is killed, which its exit code shows.
    """
    words = [str(word) for word in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err if on_line is None else subprocess.PIPE,
            text=True,
            errors="replace",
        )
        killer = threading.Timer(timeout_s, process.kill)
        killer.daemon = True
        killer.start()
        said: list[str] = []
        try:
            if on_line is not None and process.stderr is not None:
                for line in process.stderr:
                    on_line(line)
                    said.append(line)
            _, status, usage = os.wait4(process.pid, 0)
            wall_s = time.monotonic() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
        except BaseException:
            process.terminate()
            raise
        finally:
            killer.cancel()
            if process.stderr is not None:
                process.stderr.close()
        out.seek(0)
        err.seek(0)
        text = "".join(said) or err.read().decode(errors="replace")
        cpu_s = usage.ru_utime + usage.ru_stime
        return Ended(process.returncode, wall_s, cpu_s, out.read().decode(errors="replace"), text)


def run_all(jobs: Mapping[str, Callable[[], Ended]], at_a_time: int) -> dict[str, Ended]:
    """Runs jobs in their order, that many side by side."""
    with ThreadPoolExecutor(at_a_time) as pool:
        begun = {name: pool.submit(job) for name, job in jobs.items()}
        try:
            return {name: future.result() for name, future in begun.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
