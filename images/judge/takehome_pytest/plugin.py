"""The pytest plugin: fixtures of the author API, markers, and the local run on a laptop.

`python -m pytest -p takehome_pytest.plugin tests/visible --solution=PATH`. In the sandbox `judge.py` loads
this plugin with a grading of its own.
"""

from __future__ import annotations

import contextlib
import gc
import random
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from takehome_pytest.budget import MAX_KEPT_BYTES
from takehome_pytest.compare import bounded_explanation
from takehome_pytest.faults import CandidateCrashed, CandidateFault
from takehome_pytest.grading import Grading
from takehome_pytest.origin import Origin
from takehome_pytest.solution import Limits, Sandbox, Solution
from takehome_pytest.transport.local import LocalAgent

DEFAULT_SEED = 20_240_229
GRADING = pytest.StashKey[Grading]()
_LOCAL = pytest.StashKey[LocalAgent]()

_MARKERS = (
    "group(name): the group of the challenge that this test counts for; every test has exactly one",
    "critical(cap): when this test fails, the whole score is at most `cap` per cent",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the local run."""
    group = parser.getgroup("takehome")
    group.addoption(
        "--solution",
        type=Path,
        metavar="PATH",
        help="folder of the submission to test (runs without a sandbox)",
    )
    group.addoption(
        "--seed", type=int, default=DEFAULT_SEED, help="seed of the generated data (default: fixed)"
    )
    group.addoption(
        "--call-timeout", type=float, default=30.0, metavar="S", help="default deadline of a call"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; make the grading of a local run."""
    for line in _MARKERS:
        config.addinivalue_line("markers", line)
    _rewrite_helpers(config)
    if (path := config.getoption("--solution")) is not None:
        _check_solution(config, path)
    if GRADING not in config.stash:
        limits = Limits(call_timeout_s=config.getoption("--call-timeout"))
        config.stash[GRADING] = Grading(limits, config.getoption("--seed"))


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what a local run is."""
    path = config.getoption("--solution")
    if path is None:
        return None
    return f"takehome: {path} runs LOCALLY, without a sandbox: nothing is protected, results are not graded"


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the local agent."""
    agent = config.stash.get(_LOCAL, None)
    if agent is not None:
        agent.close()


@pytest.hookimpl(tryfirst=True)
def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain comparisons of large values by their first difference; pytest's own diff is quadratic."""
    return bounded_explanation(op, left, right)


@pytest.fixture(scope="session")
def sandbox(pytestconfig: pytest.Config) -> Sandbox:
    """`with sandbox.scenario() as solution:` opens a scenario; for class- and module-scoped fixtures."""
    grading = pytestconfig.stash[GRADING]
    if grading.sandbox.client is None:
        _start_local(pytestconfig, grading)
    return grading.sandbox


@pytest.fixture
def solution(sandbox: Sandbox) -> Iterator[Solution]:
    """The candidate in a fresh scenario: pristine copy, empty state; everything is killed at the end."""
    with sandbox.scenario() as fresh:
        yield fresh


@pytest.fixture(scope="session")
def make_origin() -> Iterator[Callable[..., Origin]]:
    """A judge-owned HTTP server on loopback: `with make_origin(handler) as origin:`."""
    # Weakly: what a test has closed and let go of may not keep its log until the session's end.
    origins: weakref.WeakSet[Origin] = weakref.WeakSet()

    def make(handler: Callable[..., object], **options: Any) -> Origin:
        if sum(origin.kept_bytes for origin in list(origins)) > 2 * MAX_KEPT_BYTES:
            gc.collect()  # an origin and its exchanges know each other
        origin = Origin(handler, **options)
        origins.add(origin)
        return origin

    yield make
    for origin in list(origins):
        _close_quietly(origin)


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The grading's seed."""
    return pytestconfig.stash[GRADING].seed


@pytest.fixture
def rng(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """Random numbers seeded from the seed and the test's id, the same locally and in the sandbox."""
    return random.Random(f"{seed}:{request.node.nodeid.rpartition('/')[2]}")


def _start_local(config: pytest.Config, grading: Grading) -> None:
    path = config.getoption("--solution")
    if path is None:
        raise CandidateCrashed("no candidate: give the folder of the submission with --solution=PATH")
    agent = LocalAgent(path.resolve(), seed=grading.seed, limits=grading.sandbox.limits.to_wire())
    config.stash[_LOCAL] = agent
    grading.sandbox.attach(agent.client)


def _check_solution(config: pytest.Config, path: Path) -> None:
    """Refuse a folder that is none, and a run that the submission itself would configure.

    In `--solution PATH`, two words, pytest may take PATH for tests of its own before it knows the option,
    and then obeys a pytest.ini there and loads a conftest.py.
    """
    folder = path.resolve()
    if not folder.is_dir():
        raise pytest.UsageError(f"--solution={path}: there is no such folder")
    if any(_is_below(argument.partition("::")[0], folder) for argument in config.args):
        return  # the tests of a package lie beside what the candidate writes
    modules = [getattr(plugin, "__file__", None) or "" for plugin in config.pluginmanager.get_plugins()]
    conftests = [module for module in modules if Path(module).name == "conftest.py"]
    for file in (config.inipath or "", *conftests):
        if file and _is_below(file, folder):
            raise pytest.UsageError(
                f"{file} of the submission would configure this run; write --solution={path} with an '='"
            )


def _is_below(path: str | Path, folder: Path) -> bool:
    return Path(path).resolve().is_relative_to(folder)


def _close_quietly(origin: Origin) -> None:
    with contextlib.suppress(Exception, CandidateFault):
        origin.close()


def _rewrite_helpers(config: pytest.Config) -> None:
    """Give helper modules beside the tests the same assertion messages as the tests."""
    for argument in config.args:
        folder = Path(str(argument).partition("::")[0])
        folder = folder if folder.is_dir() else folder.parent
        for path in sorted(folder.glob("*.py"))[:100]:
            if not path.name.startswith(("test_", "conftest", "_")):
                pytest.register_assert_rewrite(path.stem)
