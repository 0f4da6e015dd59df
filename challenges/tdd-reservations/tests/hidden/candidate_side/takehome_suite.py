"""Runs the test suite of this submission and returns what became of each test.

It runs in the candidate's own process, so what it returns is the candidate's word.
"""

import contextlib
import functools
import gc
import importlib
import json
import os
import random
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

MAX_TESTS = 300
MAX_EXAMPLES = 15

# What nobody needs here costs a third of a run: plugins that only serve options of the command line, ...
PLUGINS_OFF = (
    "doctest",
    "faulthandler",
    "pastebin",
    "setuponly",
    "setupplan",
    "stepwise",
    "terminalprogress",
    "threadexception",
    "unraisableexception",
)

# ... and those that a suite uses only where one of these words is in its text.
PLUGINS_BY_WORD = {
    "cacheprovider": (b"cache",),
    "junitxml": (b"record_",),
    "legacypath": (b"testdir", b"tmpdir"),
    "logging": (b"caplog",),
    "warnings": (b"warning",),
}

Results = dict[str, str]
"""Node id to `passed`, `failed`, `skipped`, `slept` or `network`; a file that does not import is `failed`."""


def run_suite(port: int) -> Results:
    """The suite over the service at that port, in the order of its definition."""
    os.environ["JUDGE_BOOKING_URL"] = f"tcp://127.0.0.1:{port}"
    _prepare()
    importlib.import_module("booking")  # connects, before the network is closed
    log = _Log(lenient=False)
    _pytest(log)
    return log.results


def run_own() -> Results:
    """The suite over the submission's own code, in the order of its definition. It may sleep."""
    _prepare()
    log = _Log(lenient=True)
    _pytest(log)
    return log.results


def run_shuffled(seeds: list[int]) -> list[Results | None]:
    """The suite over its own code, once for each seed in another order, each time in a fresh process."""

    def plans(items: list[Any]) -> list[list[Any]]:
        return [random.Random(seed).sample(items, len(items)) for seed in seeds]

    return _forked(plans)


def run_alone() -> Results:
    """Each test over its own code, alone in a fresh process."""
    runs = _forked(lambda items: [[item] for item in items])
    return {node: outcome for run in runs if run is not None for node, outcome in run.items()}


def _prepare() -> None:
    gc.disable()  # the process ends before a collection pays
    sys.path.insert(0, os.path.abspath("src"))
    if b"hypothesis" in _all_python():
        _prepare_hypothesis()


def _prepare_hypothesis() -> None:
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = os.path.join(os.environ.get("TMPDIR", "/tmp"), "hypothesis")
    import hypothesis

    hypothesis.settings.register_profile(
        "takehome",
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=MAX_EXAMPLES,
        # Nobody reads a shrunk example here.
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        report_multiple_bugs=False,
        # Some of these look at the clock: on a busy machine they fail for no fault of the test.
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("takehome")
    # Where a test's own settings ask for chance.
    importlib.import_module("hypothesis.core").global_force_seed = 0
    # Hypothesis looks for constants in the candidate's modules; to find out that hundreds of library
    # modules are not the candidate's costs as much as all examples of a test.
    providers = importlib.import_module("hypothesis.internal.conjecture.providers")
    seen = getattr(providers, "_seen_modules", None)
    if isinstance(seen, set):
        seen.update(map(id, sys.modules.values()))


@functools.cache
def _all_python() -> bytes:
    """The text of the submission's files."""
    found = []
    for folder, folders, names in os.walk("."):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith(".py") and name != os.path.basename(__file__):
                with contextlib.suppress(OSError), open(os.path.join(folder, name), "rb") as file:
                    found.append(file.read(1 << 20))
    return b"\n".join(found)


def _pytest(*plugins: object) -> None:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    text = _all_python()
    unused = [name for name, words in PLUGINS_BY_WORD.items() if not any(word in text for word in words)]
    off = [part for name in (*PLUGINS_OFF, *unused) for part in ("-p", f"no:{name}")]
    options = [
        "-c",
        "/dev/null",
        "--rootdir",
        ".",
        "--assert=plain",
        "--tb=native",
        "--capture=sys",
        "-q",
        "--ignore=tests/visible",
        "tests",
    ]
    with contextlib.suppress(SystemExit):
        pytest.main([*off, *options], plugins=list(plugins))


class _Log:
    """Notes the outcome of each test, and who sleeps or uses the network."""

    def __init__(self, *, lenient: bool) -> None:
        self.results: Results = {}
        self.current = ""
        _watch_sleep(self._note("slept"), lenient)
        _watch_network(self._note("network"), lenient)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.results[report.nodeid or "."] = "failed"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        del items[MAX_TESTS:]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        self.current = item.nodeid
        return (yield)

    def pytest_runtest_logreport(self, report: Any) -> None:
        before = self.results.get(report.nodeid)
        if before in ("failed", "slept", "network"):
            return
        if report.when == "call" or not report.passed:
            self.results[report.nodeid] = report.outcome

    def _note(self, sin: str) -> Callable[[], None]:
        def note() -> None:
            if self.current:
                self.results[self.current] = sin

        return note


def _watch_sleep(note: Callable[[], None], lenient: bool) -> None:
    real = time.sleep

    def sleep(seconds: float) -> None:
        if seconds > 0:
            note()
            if not lenient:
                raise RuntimeError("a test may not sleep")
        real(seconds)

    time.sleep = sleep


def _watch_network(note: Callable[[], None], lenient: bool) -> None:
    real = socket.socket.connect
    allowed = os.environ.get("JUDGE_BOOKING_URL", "")

    def connect(self: socket.socket, address: Any) -> None:
        if not (isinstance(address, tuple) and allowed.endswith(f"{address[0]}:{address[1]}")):
            note()
            if not lenient:
                raise RuntimeError("a test may not use the network")
        real(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]


class _Forker:
    """Runs the collected tests by several plans, each in a fork of its own."""

    def __init__(self, log: _Log, plans: Callable[[list[Any]], list[list[Any]]]) -> None:
        self._log = log
        self._plans = plans
        self.runs: list[Results | None] = []

    def pytest_runtestloop(self, session: Any) -> bool:
        for plan in self._plans(session.items):
            self.runs.append(self._fork(plan))
        return True

    def _fork(self, items: list[Any]) -> Results | None:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            try:
                for item, following in zip(items, [*items[1:], None], strict=True):
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                with os.fdopen(writer, "w") as file:
                    json.dump(self._log.results, file)
            finally:
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as file:
            text = file.read()
        os.waitpid(child, 0)
        try:
            return json.loads(text)  # type: ignore[no-any-return]
        except ValueError:
            return None


def _forked(plans: Callable[[list[Any]], list[list[Any]]]) -> list[Results | None]:
    _prepare()
    log = _Log(lenient=True)
    forker = _Forker(log, plans)
    _pytest(log, forker)
    return forker.runs
