"""What the machine does meanwhile, from the kernel's own accounts.

Sources: proc(5); kernel Documentation/admin-guide/cgroup-v1/{cpuacct,memory}.rst and cgroup-v2.rst.
"""

import os
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SAMPLE_EVERY_S = 0.05
GROUPS = Path("/sys/fs/cgroup")


def machine_busy_s(stat: str | None = None) -> float:
    """CPU seconds that were not idle since the machine started; what its own host stole is left out."""
    text = Path("/proc/stat").read_text(encoding="ascii") if stat is None else stat
    user, nice, system, _idle, _iowait, irq, softirq = map(int, text.split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS_A_SECOND


def stolen_s(stat: str | None = None) -> float:
    """CPU seconds that the machine's own host gave to others, since the machine started."""
    text = Path("/proc/stat").read_text(encoding="ascii") if stat is None else stat
    return int(text.split()[8]) / TICKS_A_SECOND


def own_cpu_s() -> float:
    """CPU seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


@dataclass(frozen=True)
class Containers:
    """The control group that all containers are in; it keeps the accounts of those that are gone."""

    cpu: Path
    """The file of CPU time."""

    memory: Path
    """The file of kinds of memory."""

    version: int

    @classmethod
    def around(cls, membership: str, container: str, root: Path = GROUPS) -> "Containers | None":
        """Found by /proc/PID/cgroup of a process in a container; `None` where it cannot be read."""
        paths: dict[str, str] = {}
        for line in membership.splitlines():
            _, controllers, path = line.split(":", 2)
            if container in path:
                for controller in controllers.split(","):
                    paths[controller] = str(PurePosixPath(path).parent).lstrip("/")
                    paths[f"{controller} is mounted at"] = controllers
        if "cpuacct" in paths and "memory" in paths:
            for mount in ("cpuacct", paths["cpuacct is mounted at"]):
                cpu = root / mount / paths["cpuacct"] / "cpuacct.usage"
                if cpu.is_file():
                    return cls(cpu, root / "memory" / paths["memory"] / "memory.stat", 1)
        elif "" in paths and (root / paths[""] / "cpu.stat").is_file():
            return cls(root / paths[""] / "cpu.stat", root / paths[""] / "memory.stat", 2)
        return None

    def cpu_s(self) -> float:
        """CPU seconds of all containers that there ever were."""
        text = self.cpu.read_text(encoding="ascii")
        if self.version == 1:
            return int(text) / 1e9
        return _keyed(text, "usage_usec") / 1e6

    def anon_bytes(self) -> int:
        """Anonymous memory of all containers, now."""
        return _keyed(self.memory.read_text(encoding="ascii"), "total_rss" if self.version == 1 else "anon")


class PeakMemory:
    """Samples, in the `with` block, the anonymous memory of this process's children and of all containers.

    Of processes that share pages each counts its share (Pss). Sampling costs CPU time, so what is timed in
    the same block is worth nothing.
    """

    def __init__(self, containers: Callable[[], int]) -> None:
        self._containers = containers
        self._before = containers()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.bytes = 0

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(SAMPLE_EVERY_S):
            now = self._containers() - self._before + sum(map(_pss_anon, descendants(os.getpid())))
            self.bytes = max(self.bytes, now)


def descendants(pid: int) -> list[int]:
    """Children, their children, and so on."""
    found: list[int] = []
    for task in _listed(f"/proc/{pid}/task"):
        try:
            text = Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii")
        except OSError:
            continue
        for child in map(int, text.split()):
            found += [child, *descendants(child)]
    return found


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _pss_anon(pid: int) -> int:
    try:
        return _keyed(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"), "Pss_Anon:") * 1024
    except OSError:
        return 0


def _keyed(text: str, key: str) -> int:
    for line in text.splitlines():
        words = line.split()
        if words and words[0] == key:
            return int(words[1])
    return 0


def idle_cores(seconds: float = 3.0) -> float:
    """How many cores are busy while nothing of ours runs."""
    begun, before = time.monotonic(), machine_busy_s() - own_cpu_s()
    time.sleep(seconds)
    return (machine_busy_s() - own_cpu_s() - before) / (time.monotonic() - begun)


def described(engine: dict, idle: float) -> dict[str, str]:
    """The machine, without a word that tells whose it is. `engine` is what `docker info` says."""
    cpu = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    models = {line.partition(":")[2].strip() for line in cpu.splitlines() if line.startswith("model name")}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    load = " ".join(f"{figure:.2f}" for figure in os.getloadavg())
    return {
        "cores": str(os.cpu_count()),
        "processor": ", ".join(sorted(models)) or "unknown",
        "memory": f"{memory / (1 << 30):.0f} GiB",
        "kernel": os.uname().release.partition("-")[0],
        "engine": f"{engine.get('ServerVersion')}, {engine.get('DefaultRuntime')}, {engine.get('Driver')}",
        "control groups": f"version {engine.get('CgroupVersion')}, {engine.get('CgroupDriver')}",
        "load at the start": f"{load}; {idle:.2f} cores busy with nothing of ours",
    }
