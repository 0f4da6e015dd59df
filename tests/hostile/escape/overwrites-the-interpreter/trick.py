"""A runtime that enters the container would start what was written there, as root of the host."""

import mmap
import os
import sys
from collections import Counter


def succeeds(action, *arguments):
    try:
        action(*arguments)
    except OSError:
        return False
    return True


def reopen(path):
    """Through a descriptor that was opened for nothing at first."""
    handle = os.open(path, os.O_PATH)
    try:
        os.close(os.open(f"/proc/self/fd/{handle}", os.O_WRONLY))
    finally:
        os.close(handle)


def map_shared(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        mmap.mmap(fd, 4096, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ | mmap.PROT_WRITE).close()
    finally:
        os.close(fd)


def escaped():
    paths = ("/proc/1/exe", "/proc/self/exe", sys.executable, os.__file__, "/bin/sh", "/etc/ld.so.cache")
    actions = (lambda path: os.close(os.open(path, os.O_RDWR)), reopen, map_shared)
    return any([succeeds(action, path) for path in paths for action in actions])


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
