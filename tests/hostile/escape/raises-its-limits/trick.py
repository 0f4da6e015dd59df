"""Limits that the limited can change are none; process 1 without descriptors could not go on."""

import ctypes
import glob
import os
import resource
from collections import Counter

FILES = ("memory.limit_in_bytes", "memory.max", "pids.max", "cpu.cfs_quota_us", "cpu.max", "cgroup.procs")
KINDS = ("NOFILE", "FSIZE", "MEMLOCK", "STACK", "CORE", "MSGQUEUE", "CPU", "RTPRIO")


def succeeds(action, *arguments):
    try:
        action(*arguments)
    except (OSError, ValueError):
        return False
    return True


def write(path):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, b"-1")
    finally:
        os.close(fd)


def escaped():
    places = ("/sys/fs/cgroup", *glob.glob("/sys/fs/cgroup/*"))
    files = [f"{place}/{name}" for place in places for name in FILES]
    limits = [getattr(resource, f"RLIMIT_{kind}") for kind in KINDS]
    higher = [(limit, (resource.getrlimit(limit)[1] + 1,) * 2) for limit in limits]
    return any(
        [
            *(succeeds(write, path) for path in files),
            *(succeeds(resource.setrlimit, *pair) for pair in higher),
            *(succeeds(resource.prlimit, 1, limit, (0, 0)) for limit in limits),
            succeeds(os.setpriority, os.PRIO_PROCESS, 0, -1),
            succeeds(os.setpriority, os.PRIO_PROCESS, 1, 19),
            succeeds(os.sched_setaffinity, 1, {0}),
            succeeds(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1)),
            ctypes.CDLL(None).mlockall(1) == 0,
        ]
    )


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
