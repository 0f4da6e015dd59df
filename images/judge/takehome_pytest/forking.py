"""A process for one grading, forked from the judge, and the end of everything that it started."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable

from takehome_pytest.suite import SuiteProblem


def prepare() -> None:
    """Make this process one to fork from.

    Raises SuiteProblem when the suite started threads: no fork would have them.
    """
    threads = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    if threads:
        raise SuiteProblem(
            f"the suite starts a thread while it is collected ({threads[0]}): start it in a fixture"
        )
    # What exists now is never garbage, and the collector would copy its pages in every fork.
    gc.collect()
    gc.freeze()


def run(work: Callable[[], None]) -> int:
    """Run `work` in a fork with a temporary folder of its own.

    The exit status: 0 when `work` returned, 1 when it raised, minus a signal's number when one ended it.
    Whatever the process has started is gone then.
    """
    scratch = tempfile.mkdtemp(prefix="grading-")
    child = os.fork()
    if child == 0:
        _be_the_fork(work, scratch)
    try:
        return _wait_for(child)
    finally:
        _end_everything_else()
        shutil.rmtree(scratch, ignore_errors=True)


def _be_the_fork(work: Callable[[], None], scratch: str) -> None:
    code = 1
    try:
        os.environ["TMPDIR"] = scratch
        tempfile.tempdir = None  # computed again from TMPDIR
        random.seed()  # no grading gets the random numbers of another
        work()
        code = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        with contextlib.suppress(Exception):
            sys.__stderr__.flush()  # type: ignore[union-attr]
        os._exit(code)  # nothing of the judge's own end, such as pytest's summary, is the fork's to do


def _wait_for(child: int) -> int:
    """As process 1 this also reaps whatever a grading's process left behind."""
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status)


def _end_everything_else() -> None:
    if os.getpid() != 1:
        return  # in a test on somebody's machine
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)  # all but process 1 itself (kill(2))
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
