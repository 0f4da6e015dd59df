"""The judge's part of a timing run: process pairs, as the host asks for them.

The host decides how many pairs, which sizes, seeds and orders; here they are made. Each pair of processes is
a scenario of its own on both sides, so nothing is left of one when the next begins.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takehome_pytest.faults import CandidateException, CandidateFault
from takehome_pytest.grading import describe_error, plain_text
from takehome_pytest.solution import Sandbox
from takehome_pytest.timing.subjects import BadDriver, Driver, Reading, Subject

CANDIDATE, REFERENCE = "candidate", "reference"
_MAX_PAIRS = 2000
_BLOCK = 4
_LEAST_PAIRS = 2
_LONG_ENOUGH_NS = 10_000_000


class SideFailed(Exception):
    """A side did not do the task."""

    def __init__(self, side: str, outcome: str, message: str) -> None:
        super().__init__(message)
        self.side = side
        self.outcome = outcome


@dataclass
class _Cost:
    """What a side's scenario cost as a whole."""

    cpu_ns: int = 0
    peak_bytes: int = 0


class TimingSession:
    """Both sides of a timing run, connected by the host."""

    def __init__(self, candidate: Sandbox, suite_dir: Path) -> None:
        self._sides = {CANDIDATE: candidate, REFERENCE: Sandbox(candidate.limits)}
        self._driver: Driver | None = None
        if str(suite_dir) not in sys.path:
            sys.path.insert(0, str(suite_dir))

    @property
    def reference(self) -> Sandbox:
        """The reference's sandbox, for the host to connect."""
        return self._sides[REFERENCE]

    def load(self, message: dict[str, Any]) -> None:
        """Take a plan. Raises BadDriver."""
        self._driver = Driver.load(str(message["kind"]), str(message["driver"]), str(message["target"]))

    def measure(self, message: dict[str, Any]) -> dict[str, Any]:
        """One pair of processes: the frame to answer with. Raises BadDriver."""
        driver = self._driver
        if driver is None:
            raise BadDriver("there is no plan yet")
        try:
            return self._measure(driver, message)
        except SideFailed as failure:
            text = plain_text(str(failure))
            return {"kind": "unmeasured", "side": failure.side, "outcome": failure.outcome, "message": text}

    def close(self) -> None:
        """Hang up on the reference's side."""
        self.reference.detach()

    def _measure(self, driver: Driver, message: dict[str, Any]) -> dict[str, Any]:
        size, hash_seed = int(message["size"]), int(message["hash_seed"])
        inner, seed = int(message["inner"]), str(message["seed"])
        orders = [str(order) for order in message["orders"]][:_MAX_PAIRS]
        names = (REFERENCE,) if message["alone"] else (CANDIDATE, REFERENCE)
        taken: dict[str, list[Reading]] = {name: [] for name in names}
        discarded = dict.fromkeys(names, 0)
        done: list[str] = []
        begun = 0.0
        with contextlib.ExitStack() as stack:
            # In the order of the first pair, so that neither side is always the one that waits.
            first = names if orders and orders[0] == "ab" else names[::-1]
            subjects = {name: self._open(stack, name, driver, hash_seed, size, seed) for name in first}
            for number, order in enumerate(["ab" if orders[:1] == ["ab"] else "ba", *orders]):
                warm_up = number == 0
                if warm_up and not subjects[REFERENCE].warms_up:
                    continue
                if number == 1:
                    begun = time.monotonic()
                sequence = names if order == "ab" else names[::-1]
                # Alone the reference is asked for twice as much each time, until that takes long enough.
                tasks = inner << max(0, number - 1) if message["alone"] else inner
                readings = {
                    name: _sample(name, subjects[name], f"{seed}:{number}", tasks) for name in sequence
                }
                if CANDIDATE in readings:
                    self._compare(subjects[CANDIDATE], readings)
                if warm_up:
                    discarded = {name: readings[name].cpu_ns for name in names}
                    continue
                for name in names:
                    taken[name].append(readings[name])
                done.append(order)
                if message["alone"]:
                    if max(readings[REFERENCE].cpu_ns, readings[REFERENCE].wall_ns) >= _LONG_ENOUGH_NS:
                        break
                elif _is_over(len(done), begun, float(message["seconds"])):
                    break
        costs = {name: self._account(name) for name in names}
        return {
            "kind": "measured",
            "pairs": [
                {"order": order, **{name: _figures(taken[name][index]) for name in names}}
                for index, order in enumerate(done)
            ],
            "whole": {
                name: {
                    "cpu_ns": costs[name].cpu_ns,
                    "warm_up_ns": discarded[name],
                    "peak_bytes": costs[name].peak_bytes,
                    **_latency(taken[name]),
                }
                for name in names
            },
        }

    def _open(
        self, stack: contextlib.ExitStack, name: str, driver: Driver, hash_seed: int, size: int, seed: str
    ) -> Subject:
        env = {"PYTHONHASHSEED": str(hash_seed)}
        with _blamed(name):
            solution = stack.enter_context(_scenario(self._sides[name], name, env, hash_seed))
            return driver.open(solution, hash_seed, size, seed)

    @staticmethod
    def _compare(subject: Subject, readings: dict[str, Reading]) -> None:
        with _blamed(CANDIDATE):
            subject.compare(readings[CANDIDATE], readings[REFERENCE])

    def _account(self, name: str) -> _Cost:
        with _blamed(name):
            usage = self._sides[name].ask("account", {})["usage"]
        return _Cost(int(usage["cpu_ms"]) * 1_000_000, int(usage["peak_memory_bytes"]))


def _is_over(pairs: int, begun: float, seconds: float) -> bool:
    """As the host's schedule has it: the time is over and the orders are balanced, or twice that time is."""
    took = time.monotonic() - begun
    balanced = pairs % _BLOCK == 0
    return pairs >= _LEAST_PAIRS and took >= seconds and (balanced or took >= 2 * seconds)


@contextlib.contextmanager
def _scenario(sandbox: Sandbox, name: str, env: dict[str, str], layout: int) -> Any:
    """A scenario whose end is blamed on its side, too."""
    with _blamed(name), sandbox.scenario(env, layout) as solution:
        yield solution


def _sample(name: str, subject: Subject, seed: str, inner: int) -> Reading:
    with _blamed(name):
        return subject.sample(seed, inner)


@contextlib.contextmanager
def _blamed(name: str) -> Any:
    """Whatever goes wrong here is this side's failure."""
    try:
        yield
    except SideFailed:
        raise
    except CandidateFault as fault:
        raise SideFailed(name, fault.outcome, str(fault)) from fault
    except (Exception, CandidateException) as error:
        raise SideFailed(name, "failed", describe_error(error)) from error


def _figures(reading: Reading) -> dict[str, int | None]:
    return {
        "cpu_ns": reading.cpu_ns,
        "wall_ns": reading.wall_ns,
        "ideal_ns": reading.ideal_ns,
        "peak_anon_bytes": reading.peak_anon_bytes,
    }


def _latency(readings: list[Reading]) -> dict[str, list[int] | None]:
    """Percentiles 50, 95 and 99 of the latencies, microseconds; None where there are too few."""
    all_ns = [latency for reading in readings for latency in reading.latencies_ns]
    if len(all_ns) < 100:
        return {"latency_us": None}
    cuts = statistics.quantiles(all_ns, n=100, method="inclusive")
    return {"latency_us": [round(cuts[percent - 1] / 1000) for percent in (50, 95, 99)]}
