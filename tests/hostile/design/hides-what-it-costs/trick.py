"""Work in grandchildren of a process that ignores SIGCHLD: the kernel adds their time to nobody's."""

import os
import signal
import time


def burn():
    until = time.process_time() + 0.5
    while time.process_time() < until:
        pass


def on_call(name, value, *args):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        if os.fork() == 0:
            burn()
            os._exit(0)
        try:
            os.wait()
        except ChildProcessError:
            pass
        os._exit(0)
    os.waitpid(pid, 0)
    return value


def on_run(argv):
    pass
