"""Send process 1 every signal by every call there is, stop it, wake it thousands of times; then everyone
else.
"""

import ctypes
import os
import signal

LIBC = ctypes.CDLL(None)
AGENT = os.getppid()


def on_call(name, value, *args):
    if AGENT != 1:
        return value
    for number in range(1, 65):
        for send in (
            lambda: os.kill(1, number),
            lambda: os.killpg(1, number),
            lambda: LIBC.syscall(200, 1, number),  # tkill
            lambda: LIBC.syscall(234, 1, 1, number),  # tgkill
            lambda: signal.pidfd_send_signal(os.pidfd_open(1), number),
        ):
            try:
                send()
            except OSError:
                pass
    for _ in range(20_000):
        os.kill(1, signal.SIGCHLD)
    LIBC.prctl(36, 1, 0, 0, 0)  # become a reaper of orphans
    for number in (signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(-1, number)  # all but process 1 and this one
        except OSError:
            pass
    return value


def on_run(argv):
    on_call("run", None)
