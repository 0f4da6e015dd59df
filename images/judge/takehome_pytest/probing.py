"""Whether a submission imports at all, asked before any test runs."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from takehome_pytest.completed import stderr_tail
from takehome_pytest.faults import CandidateFault
from takehome_pytest.grading import plain_text
from takehome_pytest.solution import Sandbox


def probe(sandbox: Sandbox, modules: Sequence[str]) -> dict[str, Any]:
    """The `probed` frame: each module is imported in a fresh process, the first fault is told."""
    timeout_s = sandbox.limits.call_timeout_s
    try:
        with sandbox.scenario():
            for module in modules:
                reply = sandbox.ask("probe", {"module": module, "timeout_s": timeout_s}, timeout_s=timeout_s)
                fault = judge_reply(module, reply, timeout_s)
                if fault is not None:
                    return {"ok": False, "reason": fault[0], "message": plain_text(fault[1])}
    except CandidateFault as error:
        return {"ok": False, "reason": "exited", "message": plain_text(str(error))}
    return {"ok": True, "reason": "ok", "message": "ok"}


def judge_reply(module: str, reply: dict[str, Any], timeout_s: float) -> tuple[str, str] | None:
    """(reason, message) of what the import did wrong, None when it is fine."""
    tail = stderr_tail(base64.b64decode(reply["stderr_tail"]))
    match reply:
        case {"outcome": "probed", "fine": True}:
            return None
        case {"outcome": "probed", "message": str(message)}:
            return "import_error", message
        case {"outcome": "timed_out"}:
            return "timed_out", f"importing {module} did not finish within {timeout_s:g} s{tail}"
        case {"outcome": "out_of_memory"}:
            return "out_of_memory", f"importing {module} ran out of memory"
        case {"outcome": "exited", "exit_code": int(code)}:
            if module.endswith(".__main__"):
                return None  # it did its work, whatever that was, instead of waiting for a caller
            return "exited", f"importing {module} ended its process with exit code {code}{tail}"
        case {"signal": int(number)}:
            return "exited", f"importing {module} ended its process with signal {number}{tail}"
    return "exited", f"importing {module} ended its process{tail}"
