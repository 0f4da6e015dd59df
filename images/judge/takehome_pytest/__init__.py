"""The author's API: a pytest plugin that talks to candidate code and never imports it."""

from takehome_pytest.completed import Completed
from takehome_pytest.faults import (
    CandidateCrashed,
    CandidateException,
    CandidateFault,
    CandidateOutOfMemory,
    CandidateTimedOut,
    CandidateValueRefused,
)
from takehome_pytest.functions import Stub, concurrent
from takehome_pytest.gates import Gate
from takehome_pytest.origin import Exchange, Origin, refused_url
from takehome_pytest.solution import Process, Sandbox, Service, Solution, Worker
from takehome_wire.values import Opaque

__all__ = [
    "CandidateCrashed",
    "CandidateException",
    "CandidateFault",
    "CandidateOutOfMemory",
    "CandidateTimedOut",
    "CandidateValueRefused",
    "Completed",
    "Exchange",
    "Gate",
    "Opaque",
    "Origin",
    "Process",
    "Sandbox",
    "Service",
    "Solution",
    "Stub",
    "Worker",
    "concurrent",
    "refused_url",
]
