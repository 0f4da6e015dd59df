"""pytest's session in the judge: collects the suite once, then forks a process for each grading.

Starting Python, importing pytest and collecting a suite cost more than most gradings; a fork of all that
takes milliseconds. A grading's process starts from the state right after collection and shares nothing with
the one before: what that left running is killed, and its temporary folder is removed.
"""

from __future__ import annotations

import functools
from collections.abc import Generator
from typing import Any

import pytest

from takehome_pytest import forking
from takehome_pytest.grading import Grading, plain_text
from takehome_pytest.plugin import GRADING
from takehome_pytest.runner import GradingRunner, HostError, HostLink
from takehome_pytest.solution import Limits
from takehome_pytest.suite import SuiteProblem, describe_tests
from takehome_pytest.timing.subjects import BadDriver
from takehome_wire.limits import MAX_VALUE_BYTES

_BROKEN = 1


class JudgePlugin:
    """Replaces pytest's run loop."""

    def __init__(self, host: HostLink) -> None:
        self._host = host
        self._grading: Grading | None = None
        self._collect_errors: list[str] = []
        #: What the judge's process is to exit with; None as long as nobody has said why it ends.
        self.exit_code: int | None = None

    # -- hooks ------------------------------------------------------------------------------------

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._collect_errors.append(f"{report.nodeid}: {str(report.longrepr)[-1500:]}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if self._grading is not None:
            self._grading.observe(report, call.excinfo.value if call.excinfo is not None else None)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        try:
            if self._collect_errors:
                raise SuiteProblem("; ".join(self._collect_errors))
            tests = describe_tests(session.items)
            forking.prepare()
        except SuiteProblem as error:
            self._tell_broken(str(error))
            return True
        self._host.send("collected", tests=tests)
        self._serve(session)
        return True

    # -- the host's requests ----------------------------------------------------------------------

    def _serve(self, session: pytest.Session) -> None:
        while True:
            message = self._host.receive()
            match message:
                case None:
                    raise HostError("the host is gone")
                case {"type": "grading"}:
                    status = forking.run(functools.partial(self._grade, session, message))
                    if status != 0:
                        # It has said why, if it could; a signal goes on to the host as a shell would say it.
                        self.exit_code = 128 - status if status < 0 else status
                        return
                    self._host.send("idle")
                case {"type": "end"}:
                    self.exit_code = 0
                    return
                case _:
                    raise HostError(f"unexpected frame {message.get('type')!r}")

    def _grade(self, session: pytest.Session, message: dict[str, Any]) -> None:
        """In the grading's own process."""
        self._grading = Grading(_limits(message["limits"]), int(message["seed"]))
        session.config.stash[GRADING] = self._grading
        items = {item.nodeid: item for item in session.items}
        modules = [str(name) for name in message["probe"]]
        try:
            GradingRunner(self._host, session, items, self._grading, modules).serve()
        except (SuiteProblem, BadDriver) as error:
            self._tell_broken(str(error))
            raise

    def _tell_broken(self, reason: str) -> None:
        self.exit_code = _BROKEN
        self._host.send("broken", message=plain_text(reason))


def _limits(fields: dict[str, Any]) -> Limits:
    return Limits(
        call_timeout_s=float(fields["call_timeout_s"]),
        output_bytes=int(fields["output_bytes"]),
        value_bytes=min(int(fields["value_bytes"]), MAX_VALUE_BYTES),
    )
