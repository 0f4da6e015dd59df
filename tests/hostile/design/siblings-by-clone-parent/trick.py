"""A process made with CLONE_PARENT is the agent's own child, one that it has not made; some give no signal
when dead.
"""

import ctypes
import os
import time

LIBC = ctypes.CDLL(None)
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
CLONE_PARENT = 0x8000


def leave(flags):
    if LIBC.syscall(CLONE, flags, 0, 0, 0, 0) == 0:
        for fd in range(3):
            try:
                os.close(fd)
            except OSError:
                pass
        time.sleep(20)
        os._exit(0)


def on_call(name, value, *args):
    for flags in (CLONE_PARENT | 17, CLONE_PARENT, 0, 10):
        leave(flags)
    return value


def on_run(argv):
    leave(CLONE_PARENT | 17)
    leave(0)
