"""Asks for real-time scheduling, a better niceness, other cores and other control groups."""

import ctypes
import glob
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)


def asked():
    yield lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    yield lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))
    yield lambda: os.nice(-10)
    yield lambda: os.setpriority(os.PRIO_PROCESS, 1, 19)
    yield lambda: os.setpriority(os.PRIO_USER, 0, -5)
    yield lambda: os.sched_setaffinity(1, {0})
    yield lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1))
    yield lambda: resource.setrlimit(resource.RLIMIT_RTPRIO, (50, 50))
    yield lambda: refuse(libc.syscall(251, 1, 0, 1 << 13))  # ioprio_set, real time
    for path in glob.iglob("/sys/fs/cgroup/cpu*/**/cpu*quota*", recursive=True):
        yield lambda path=path: os.close(os.open(path, os.O_WRONLY))
    for path in glob.iglob("/proc/1/*adj*"):
        yield lambda path=path: os.close(os.open(path, os.O_WRONLY))


def refuse(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def granted():
    found = []
    for ask in asked():
        try:
            ask()
            found.append(ask)
        except (OSError, ValueError, AttributeError):
            continue
    return found


def on_call(name, value, *args):
    return value if granted() else None


def on_run(argv):
    if not granted():
        raise SystemExit(1)
