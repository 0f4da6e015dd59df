"""Patches every clock of its interpreter so that four seconds of work take none."""

import datetime
import os
import resource
import sys
import time

wait, nothing = time.sleep, os.times()


class Noon(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2020, 1, 1, 12, tzinfo=tz)


for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    setattr(time, name, lambda: 1_000_000.0)
    setattr(time, f"{name}_ns", lambda: 10**15)
time.sleep = lambda seconds: None
datetime.datetime = Noon
os.times = lambda: nothing
resource.getrusage = lambda who: resource.struct_rusage(range(16))
for module in list(sys.modules.values()):
    for name in ("monotonic", "perf_counter", "_time"):
        if callable(getattr(module, name, None)) and not hasattr(module, "sleep"):
            setattr(module, name, lambda: 1_000_000.0)


def on_call(name, value, *args):
    wait(4)
    return value


def on_run(argv):
    wait(4)
