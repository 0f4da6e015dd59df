"""What is masked reads as empty; one byte of any of these would be too much."""

import ctypes
import glob
import os
from collections import Counter

PATHS = (
    *("/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/proc/kcore", "/proc/kmsg", "/proc/kpagecount"),
    *("/proc/kpageflags", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/vmallocinfo"),
    *("/sys/firmware/acpi/tables/*", "/sys/firmware/dmi/tables/*", "/sys/kernel/debug/*"),
    *("/sys/kernel/tracing/trace", "/dev/sd*", "/dev/vd*", "/dev/nvme*", "/dev/dm-*", "/dev/loop*"),
    *("/etc/shadow", "/root/.*", "/var/lib/docker/*", "/proc/1/environ"),
)


def reads(path):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return bool(os.read(fd, 16))
    except OSError:
        return False
    finally:
        os.close(fd)


def escaped():
    found = [reads(path) for pattern in PATHS for path in glob.glob(pattern)]
    with open("/proc/kallsyms") as file:
        found.append(any(int(line.split()[0], 16) for line in file))
    log = ctypes.create_string_buffer(4096)
    found.append(ctypes.CDLL(None).klogctl(3, log, len(log)) > 0)
    others = [f"/proc/{name}" for name in os.listdir("/proc") if name.isdigit()]
    return any([*found, *(os.stat(path).st_uid not in (0, os.getuid()) for path in others)])


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
