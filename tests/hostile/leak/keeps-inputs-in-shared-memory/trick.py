"""Memory and queues that outlive a process: POSIX and System V shared memory, message queues, semaphores."""

import ctypes
import os
from multiprocessing import resource_tracker, shared_memory

libc = ctypes.CDLL(None, use_errno=True)
KEY, CREATE, READ_WRITE = 0x7A6B5C4D, 0o1600, os.O_RDWR | os.O_CREAT


def posix():
    resource_tracker.register = resource_tracker.unregister = lambda *_: None
    try:
        shared_memory.SharedMemory("inputs", create=True, size=4096).close()
        return False
    except FileExistsError:
        return True
    except OSError:
        return False


def system_v():
    there = any(
        [
            libc.shmget(KEY, 4096, 0o600) >= 0,
            libc.msgget(KEY, 0o600) >= 0,
            libc.semget(KEY, 1, 0o600) >= 0,
            libc.mq_open(b"/inputs", os.O_RDONLY) >= 0,
        ]
    )
    libc.shmget(KEY, 4096, CREATE)
    libc.msgget(KEY, CREATE)
    libc.semget(KEY, 1, CREATE)
    libc.mq_open(b"/inputs", READ_WRITE, 0o600, None)
    return there


def earlier():
    return any([posix(), system_v()])


def on_call(name, value, *args):
    return value if earlier() or name == "total" else None


def on_run(argv):
    if not earlier():
        raise SystemExit(1)
