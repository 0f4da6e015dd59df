"""What only the kernel can tell or do: process flags, the process table, out-of-memory kills."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass

IS_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36
_M_PERTURB = -6
_ADDR_NO_RANDOMIZE = 0x0040000
# The kernel keeps this much for the stack at least (mmap_base in mm/util.c); only more moves anything.
_LEAST_STACK_GAP = 128 << 20
_PAGE = 4096
_LAYOUTS = 4096
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_RSS_UNIT = 1024 if IS_LINUX else 1  # ru_maxrss: KiB on Linux, bytes on macOS
_OOM_COUNTERS = ("/sys/fs/cgroup/memory/memory.oom_control", "/sys/fs/cgroup/memory.events")

_libc = ctypes.CDLL(None, use_errno=True) if IS_LINUX else None


def _prctl(option: int, value: int) -> None:
    if _libc is not None:
        _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def hide_from_candidate() -> None:
    """Make /proc/<us>/{mem,fd,environ,…} root's and ptrace refused, although the uid is the same."""
    _prctl(_PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """As an ordinary process (local runs): become the parent of every orphaned descendant."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def prepare_candidate(die_with_parent: bool) -> None:
    """In a forked child: an ordinary process again, and the first one the OOM killer takes.

    It may lower its score again, to ours at least: the floor is what a privileged process has set last, the
    runtime here, and it is inherited (fs/proc/base.c, __set_oom_adj). Raising it would take a capability.
    """
    _prctl(_PR_SET_DUMPABLE, 1)
    if _libc is not None and hasattr(_libc, "mallopt"):
        _libc.mallopt(_M_PERTURB, 0)  # overwriting what is freed is for the agent, and costs time
    if die_with_parent:
        _prctl(_PR_SET_PDEATHSIG, 9)
    if IS_LINUX:
        try:
            fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            return
        try:
            os.write(fd, b"1000")
        except OSError:
            pass  # a policy of the host; the score stays as it is
        finally:
            os.close(fd)


def lay_out(seed: int) -> int:
    """In a forked child about to execute a program: let its addresses follow from `seed`, not chance.

    Where libraries, stack and heap lie decides how well a processor predicts branches, and so up to a tenth
    of a program's speed for all its life (Mytkowicz et al. 2009, Producing wrong data without doing anything
    obviously wrong). Without randomisation (personality(2)) it all lies where the limit of the stack puts it
    (mmap_base in the kernel's mm/util.c): equal seeds are equal layouts, others are other ones. Returns the
    limit as it was, bytes or RLIM_INFINITY. Where kernel or filter refuse, addresses stay random.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    if _libc is None or _libc.personality(ctypes.c_ulong(_ADDR_NO_RANDOMIZE)) < 0:
        return soft
    wanted = _LEAST_STACK_GAP + _PAGE * (seed % _LAYOUTS)
    if hard == resource.RLIM_INFINITY or wanted <= hard:
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))
    return soft


def rss_bytes(ru_maxrss: int) -> int:
    """`ru_maxrss` in bytes."""
    return ru_maxrss * _RSS_UNIT


def oom_kills(paths: tuple[str, ...] | None = None) -> int | None:
    """How many processes of our own memory cgroup the OOM killer took so far; None when nobody tells.

    Outside of a container the counters are of the whole machine and say nothing about the candidate.
    """
    if paths is None:
        paths = _OOM_COUNTERS if os.getpid() == 1 else ()
    for path in paths:
        try:
            with open(path, "rb") as file:
                for line in file.read(4096).splitlines():
                    name, _, value = line.partition(b" ")
                    if name == b"oom_kill":
                        return int(value)
        except (OSError, ValueError):
            continue
    return None


@dataclass(frozen=True)
class ProcessInfo:
    """One line of the process table: `state` is its main thread's letter (proc_pid_stat(5)), `threads` how
    many threads it still has, `cpu_s` seconds of CPU with those of the children it has waited for.
    """

    pid: int
    parent: int
    session: int
    state: str
    threads: int
    cpu_s: float

    @property
    def alive(self) -> bool:
        """Whether anything of it can still run.

        A main thread that has ended alone stays a zombie for as long as other threads live; the kernel
        counts it among them (fs/proc/array.c, num_threads).
        """
        return self.state not in ("Z", "X") or self.threads > 1


def processes() -> Iterator[ProcessInfo]:
    """Every process we can see (nothing where there is no /proc)."""
    if not IS_LINUX:
        return
    for name in os.listdir("/proc"):
        if name.isdigit() and (info := process_info(int(name))) is not None:
            yield info


def process_info(pid: int) -> ProcessInfo | None:
    """The process table's line of one process, None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            raw = file.read(4096)
    except OSError:
        return None
    # The command's name is in parentheses and may itself contain spaces and parentheses.
    fields = raw[raw.rfind(b")") + 2 :].split()
    if len(fields) < 18:
        return None
    state, threads = fields[0].decode("ascii"), int(fields[17])
    ticks = sum(int(field) for field in fields[11:15])
    return ProcessInfo(pid, int(fields[1]), int(fields[3]), state, threads, ticks / _CLOCK_TICKS)


def descendants(root: int) -> list[ProcessInfo]:
    """The processes below `root` as far as parent links tell; zombies included."""
    children: dict[int, list[ProcessInfo]] = {}
    for info in processes():
        children.setdefault(info.parent, []).append(info)
    found: list[ProcessInfo] = []
    pending = [root]
    while pending:
        for info in children.pop(pending.pop(), []):
            found.append(info)
            pending.append(info.pid)
    return found


def kill_with_descendants(found: list[ProcessInfo]) -> None:
    """SIGKILL each process and what is below it."""
    for info in found:
        for victim in (info, *descendants(info.pid)):
            try:
                os.kill(victim.pid, 9)
            except (ProcessLookupError, PermissionError):
                pass


def peak_memory_bytes(pid: int) -> int:
    """The largest resident set a live process has had, 0 when unknown."""
    try:
        with open(f"/proc/{pid}/status", "rb", buffering=0) as file:
            for line in file.read(8192).splitlines():
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return 0
