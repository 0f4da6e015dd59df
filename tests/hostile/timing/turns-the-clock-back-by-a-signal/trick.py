"""A timer interrupts the work again and again and moves what any deadline in the process would compare."""

import asyncio
import signal
import time

real = time.monotonic
shift = 0.0


def back(*_):
    global shift
    shift += 0.05


def shifted():
    return real() - shift


time.monotonic = time.perf_counter = time.time = shifted
asyncio.base_events.BaseEventLoop.time = lambda loop: shifted()
signal.signal(signal.SIGALRM, back)


def work(seconds):
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    end = real() + seconds
    while real() < end:
        pass
    signal.setitimer(signal.ITIMER_REAL, 0)


def on_call(name, value, *args):
    async def late():
        work(4)
        return value

    return late()


def on_run(argv):
    work(4)
