"""One grading's conversation with the host: connects to agents, runs the units that the host names."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pytest

from takehome_pytest import canary
from takehome_pytest.faults import CandidateException, CandidateFault
from takehome_pytest.grading import Grading, Result, plain_text
from takehome_pytest.probing import probe
from takehome_pytest.routes import NoRoutes
from takehome_pytest.solution import Sandbox
from takehome_pytest.suite import SuiteProblem
from takehome_pytest.timing.session import TimingSession
from takehome_pytest.transport import sandbox as sandbox_transport
from takehome_wire.frames import FrameError

_NO_USAGE = {"cpu_ms": 0, "peak_memory_bytes": 0}


class HostError(Exception):
    """The host asked for something that makes no sense, or is gone."""


class HostLink(Protocol):
    """The channel to the host."""

    def send(self, kind: str, **fields: Any) -> None: ...

    def receive(self) -> dict[str, Any] | None: ...


class _Nothing(pytest.Item):
    """Stands for "the next test is elsewhere": pytest then tears down all but the session's fixtures."""

    def runtest(self) -> None:
        raise NotImplementedError


class GradingRunner:
    """One grading, in a process of its own, inside of the session that the suite was collected in."""

    def __init__(
        self,
        host: HostLink,
        session: pytest.Session,
        items: Mapping[str, pytest.Item],
        grading: Grading,
        probe_modules: Sequence[str],
    ) -> None:
        self._host = host
        self._session = session
        self._items = items
        self._grading = grading
        self._probe_modules = list(probe_modules)
        self._no_routes = NoRoutes()
        self._timing_session: TimingSession | None = None

    def serve(self) -> None:
        """Do what the host asks for until it says `end`. Raises HostError, SuiteProblem."""
        nothing = _Nothing.from_parent(self._session, name="elsewhere")
        while True:
            message = self._host.receive()
            match message:
                case None:
                    raise HostError("the host is gone")
                case {"type": "candidate", "port": int(port), "token": str(token)}:
                    self._connect(self._grading.sandbox, port, token)
                case {"type": "reference", "port": int(port), "token": str(token)}:
                    self._connect(self._timing().reference, port, token)
                case {"type": "timing"}:
                    self._timing().load(message)
                    self._host.send("timing_ready")
                case {"type": "measure"}:
                    self._host.send(**self._timing().measure(message))
                case {"type": "probe"}:
                    self._host.send("probed", **probe(self._grading.sandbox, self._probe_modules))
                case {"type": "run", "ids": list(ids)}:
                    self._run_unit([self._item(name) for name in ids], nothing)
                case {"type": "end"}:
                    self._grading.sandbox.detach()
                    if self._timing_session is not None:
                        self._timing_session.close()
                    self._end_session()
                    return
                case _:
                    raise HostError(f"unexpected frame {message.get('type')!r}")

    def _end_session(self) -> None:
        try:
            self._session._setupstate.teardown_exact(None)
        except (Exception, CandidateFault, SystemExit, CandidateException):
            pass  # every test has its outcome

    def _item(self, name: Any) -> pytest.Item:
        item = self._items.get(name)
        if item is None:
            raise SuiteProblem(f"there is no test {name!r}")
        return item

    def _timing(self) -> TimingSession:
        if self._timing_session is None:
            self._timing_session = TimingSession(self._grading.sandbox, self._session.config.rootpath)
        return self._timing_session

    def _connect(self, sandbox: Sandbox, port: int, token: str) -> None:
        sandbox.detach()
        try:
            sandbox.attach(sandbox_transport.connect(port, token))
        except (OSError, FrameError, KeyError) as error:
            self._host.send("candidate_lost", reason=plain_text(f"the agent cannot be reached: {error}"))
        else:
            self._host.send("connected")

    def _run_unit(self, items: Sequence[pytest.Item], nothing: pytest.Item) -> None:
        sandbox = self._grading.sandbox
        all_passed = True
        for item, following in zip(items, [*items[1:], nothing], strict=True):
            self._host.send("started", id=item.nodeid)
            result = self._run_test(item, following)
            all_passed = all_passed and result.final == "passed"
            duration_ms = round((time.monotonic() - result.started) * 1000)
            self._host.send(
                "finished",
                id=item.nodeid,
                outcome=result.final,
                duration_ms=duration_ms,
                message=result.message,
            )
        if items:
            # Nothing to do unless the last test could not run and left its neighbours' fixtures standing.
            self._force_teardown(items[-1], nothing)
        account = self._account()
        if sandbox.busy:
            if all_passed:
                raise SuiteProblem("a session-scoped fixture keeps a scenario open: give it module scope")
            # Something of the candidate's ended a fixture's clean-up early: its container is replaced.
            account["candidate_ok"] = False
        account["notes"] = [*account["notes"], *canary.notes()]
        if packets := self._no_routes.new():
            detail = f"{packets} packet(s) to addresses outside of the sandbox had no route"
            account["notes"].append({"kind": "network_refused", "detail": detail})
        self._host.send("unit_done", **account)

    @staticmethod
    def _force_teardown(item: pytest.Item, following: pytest.Item) -> None:
        try:
            item.session._setupstate.teardown_exact(following)
        except (Exception, CandidateFault, SystemExit, CandidateException):
            pass  # the tests that needed these fixtures have their outcomes

    def _run_test(self, item: pytest.Item, following: pytest.Item) -> Result:
        self._grading.current = result = Result()
        sandbox = self._grading.sandbox
        if not sandbox.usable:
            result.add("crashed", plain_text(f"not run: {sandbox.why_unusable}"))
            return result
        try:
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        except (KeyboardInterrupt, SystemExit, CandidateException, pytest.exit.Exception):
            result.add("failed", "the test tried to end the whole session")
        except Exception as error:
            # What the candidate returned or raised upset pytest itself: that is this test's failure, and
            # never the machine's.
            result.add("failed", plain_text(f"the outcome could not be reported: {type(error).__name__}"))
            self._force_teardown(item, following)
        if sandbox.client is not None and sandbox.client.lost is not None:
            result.add("crashed", plain_text(sandbox.why_unusable))
        self._grading.current = None
        return result

    def _account(self) -> dict[str, Any]:
        sandbox = self._grading.sandbox
        if sandbox.client is not None and sandbox.client.lost is None:
            try:
                reply = sandbox.client.request("account", {})
                return {
                    "candidate_ok": sandbox.usable and bool(reply["clean"]),
                    "usage": reply["usage"],
                    "notes": reply["notes"],
                }
            except CandidateFault:
                pass
        note = {"kind": "unexpected_exit", "detail": plain_text(sandbox.why_unusable)[:500]}
        return {"candidate_ok": False, "usage": _NO_USAGE, "notes": [note]}
