"""Whoever asks this process to end, politely or by a timer of Python's own, is not heard."""

import signal
import time


def on_call(name, value, *args):
    if name == "words":
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass  # the C library keeps two for itself
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            time.sleep(3600)
    return value


def on_run(argv):
    on_call("words", None)
