"""Interrupts, alarms, cancelled tasks and timeouts all arrive as exceptions; none gets through."""

import asyncio
import signal
import time


async def never_cancelled():
    while True:
        try:
            await asyncio.wait_for(asyncio.sleep(3600), timeout=0.1)
        except BaseException:
            pass


def on_call(name, value, *args):
    if name == "apply":
        return never_cancelled()
    while name == "words":
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            time.sleep(3600)
        except BaseException:
            pass
    return value


def on_run(argv):
    on_call("words", None)
