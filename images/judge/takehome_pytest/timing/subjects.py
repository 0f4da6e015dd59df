"""One process of a solution that is being timed, by the kind of its interface."""

from __future__ import annotations

import http.client
import importlib
import inspect
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from takehome_pytest.calls import TimedWorker
from takehome_pytest.faults import CandidateCrashed
from takehome_pytest.programs import Response, Service, read_body
from takehome_pytest.solution import Solution
from takehome_pytest.timing import Request, Timed

MAX_LATENCIES = 20_000
_REQUEST_S = 10.0
_RESPONSE_BYTES = 8 << 20


class BadDriver(Exception):
    """The author's driver cannot be used."""


@dataclass
class Reading:
    """One sample of one side: nanoseconds of CPU and of wall time.

    `ideal_ns`: the wall time below which nobody can be, where the driver knows it. `peak_anon_bytes`: what
    the sandbox held more, at most. `answers`: what remains to be compared with the other side's.
    """

    cpu_ns: int
    wall_ns: int
    ideal_ns: int | None = None
    peak_anon_bytes: int | None = None
    answers: list[Any] = field(default_factory=list)
    latencies_ns: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Driver:
    """The author's part of a timing plan. `target` is the function of the kind `calls`."""

    kind: str
    module: ModuleType
    target: str
    _inputs: dict[tuple[str, int, int], list[tuple[Any, ...]]] = field(default_factory=dict)

    @classmethod
    def load(cls, kind: str, file: str, target: str) -> Driver:
        """Import the driver, a file beside the tests. Raises BadDriver."""
        needed = {"calls": ["arguments"], "program": ["run"], "requests": ["serve", "requests"]}
        if kind not in needed:
            raise BadDriver(f"there is no kind {kind!r} of timing")
        name = file.removesuffix(".py").replace("/", ".")
        try:
            module = importlib.import_module(name)
        except Exception as error:
            raise BadDriver(f"{file} cannot be imported: {type(error).__name__}: {error}") from error
        missing = [part for part in needed[kind] if not callable(getattr(module, part, None))]
        if missing:
            raise BadDriver(f"{file} has no function {missing[0]}")
        return cls(kind, module, target)

    def open(self, solution: Solution, hash_seed: int, size: int, seed: str) -> Subject:
        """Start a process of this solution that is to be timed. Raises a fault of the candidate's."""
        kinds: dict[str, type[Subject]] = {"calls": Calls, "program": Program, "requests": Requests}
        return kinds[self.kind](self, solution, hash_seed, size, seed)

    def inputs(self, seed: str, size: int, inner: int) -> list[tuple[Any, ...]]:
        """The arguments of `inner` calls; made once for both sides of a pair."""
        key = (seed, size, inner)
        if key not in self._inputs:
            self._inputs.clear()
            make = self.module.arguments
            self._inputs[key] = [
                tuple(make(random.Random(f"{seed}:{index}"), size)) for index in range(inner)
            ]
        return self._inputs[key]

    def optional(self, name: str) -> Callable[..., Any] | None:
        """A function that a driver need not have."""
        found = getattr(self.module, name, None)
        return found if inspect.isfunction(found) else None


class Subject(ABC):
    """A fresh process of one side. Both sides are asked for the same samples in turn."""

    #: Whether the first sample of a process is not like the others, and is thrown away.
    warms_up = True

    def __init__(self, driver: Driver, solution: Solution, hash_seed: int, size: int, seed: str) -> None:
        self.driver = driver
        self.solution = solution
        self.hash_seed = hash_seed
        self.size = size

    @abstractmethod
    def sample(self, seed: str, inner: int) -> Reading:
        """Pose the task of `seed`, `inner` times with other inputs. Raises a fault or AssertionError."""

    def compare(self, ours: Reading, reference: Reading) -> None:
        """Raise AssertionError unless the answers of both sides agree, if it takes both to tell."""
        return


class Calls(Subject):
    """A worker that calls one function."""

    def __init__(self, driver: Driver, solution: Solution, hash_seed: int, size: int, seed: str) -> None:
        super().__init__(driver, solution, hash_seed, size, seed)
        self._worker: TimedWorker = solution.timed_worker(hash_seed)

    def sample(self, seed: str, inner: int) -> Reading:
        """Inputs are handed over before and results fetched after what is measured.

        What a solution does then instead is part of its process's whole cost, which is told, too.
        """
        arguments = self.driver.inputs(seed, self.size, inner)
        self._worker.load(arguments)
        cpu_ns, wall_ns = self._worker.go(self.driver.target)
        results = self._worker.fetch()
        if len(results) != inner:
            raise AssertionError(f"{self.driver.target} gave {len(results)} results for {inner} calls")
        if check := self.driver.optional("check"):
            for args, result in zip(arguments, results, strict=True):
                check(args, result)
            results = []
        return Reading(cpu_ns, wall_ns, answers=results)

    def compare(self, ours: Reading, reference: Reading) -> None:
        for mine, right in zip(ours.answers, reference.answers, strict=True):
            if type(mine) is not type(right) or mine != right:
                raise AssertionError(f"{self.driver.target} returned something else than it should")


class Program(Subject):
    """A program that is started anew for each sample."""

    warms_up = False

    def sample(self, seed: str, inner: int) -> Reading:
        total = Reading(0, 0)
        for index in range(inner):
            ended = self.driver.module.run(self.solution, random.Random(f"{seed}:{index}"), self.size)
            done = ended.completed if isinstance(ended, Timed) else ended
            total.cpu_ns += round(done.cpu_s * 1e9)
            total.wall_ns += round(done.wall_s * 1e9)
            if isinstance(ended, Timed):
                total.ideal_ns = (total.ideal_ns or 0) + round(ended.ideal_s * 1e9)
            if done.peak_anon_bytes is not None:
                total.peak_anon_bytes = max(total.peak_anon_bytes or 0, done.peak_anon_bytes)
        return total


class Requests(Subject):
    """A service under a closed loop: the next request is sent when the last one is answered."""

    def __init__(self, driver: Driver, solution: Solution, hash_seed: int, size: int, seed: str) -> None:
        super().__init__(driver, solution, hash_seed, size, seed)
        self._service: Service = driver.module.serve(solution)
        self._filled: tuple[Any, ...] = ()
        if fill := driver.optional("fill"):
            self._filled = (fill(self._service, random.Random(f"{seed}:fill"), size),)

    def sample(self, seed: str, inner: int) -> Reading:
        requests: list[Request] = []
        for index in range(inner):
            rng = random.Random(f"{seed}:{index}")
            requests += self.driver.module.requests(rng, self.size, *self._filled)
        connection = http.client.HTTPConnection("127.0.0.1", self._service.port, timeout=_REQUEST_S)
        try:
            connection.connect()
            cpu_before, wall_before = self._service.process.clock()
            responses, latencies = self._loop(connection, requests)
            cpu_after, wall_after = self._service.process.clock()
        except (OSError, http.client.HTTPException) as error:
            raise CandidateCrashed(f"the service did not answer: {type(error).__name__}: {error}") from None
        finally:
            connection.close()
        if check := self.driver.optional("check"):
            for request, response in zip(requests, responses, strict=True):
                check(request, response)
        answers = [(response.status, response.body) for response in responses] if check is None else []
        cpu_ns = max(0, cpu_after - cpu_before)
        return Reading(cpu_ns, wall_after - wall_before, answers=answers, latencies_ns=latencies)

    def compare(self, ours: Reading, reference: Reading) -> None:
        if ours.answers != reference.answers:
            raise AssertionError("the service answered something else than it should")

    def _loop(
        self, connection: http.client.HTTPConnection, requests: list[Request]
    ) -> tuple[list[Response], list[int]]:
        responses: list[Response] = []
        latencies: list[int] = []
        for request in requests:
            begun = time.monotonic_ns()
            connection.request(request.method, request.path, request.body, request.headers)
            response = connection.getresponse()
            body = read_body(response, _RESPONSE_BYTES)
            if len(latencies) < MAX_LATENCIES:
                latencies.append(time.monotonic_ns() - begun)
            responses.append(Response(response.status, response.headers, body))
        return responses, latencies
