"""The probe: does a submission import, and does the answer name the place when it does not?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from takehome_pytest.probing import probe
from takehome_pytest.solution import Limits, Sandbox

FINE = {"pkg/__init__.py": "", "pkg/__main__.py": "import sys\nsys.exit(2)\n"}


@pytest.fixture
def ask(open_sandbox: Callable[[dict[str, str]], Sandbox]) -> Callable[..., dict[str, Any]]:
    def ask(files: dict[str, str], *modules: str) -> dict[str, Any]:
        sandbox = open_sandbox(files)
        sandbox.limits = Limits(call_timeout_s=1.0)
        return probe(sandbox, modules or ("pkg", "pkg.__main__"))

    return ask


def test_a_package_that_imports_is_fine(ask: Callable[..., dict[str, Any]]) -> None:
    assert ask(FINE) == {"ok": True, "reason": "ok", "message": "ok"}


@pytest.mark.parametrize(
    "main",
    ["import os\nos._exit(0)", "raise ValueError('no arguments')", "raise SystemExit", "print(1/0)"],
    ids=["exits", "complains", "system exit", "fails"],
)
def test_a_main_module_may_do_its_work_when_imported(ask: Callable[..., dict[str, Any]], main: str) -> None:
    assert ask({**FINE, "pkg/__main__.py": main})["ok"]


@pytest.mark.parametrize(
    ("files", "reason", "words"),
    [
        ({"pkg/deep/x.py": "def f(:\n"}, "import_error", ["pkg/deep/x.py", "line 1", "def f(:"]),
        (
            {"pkg/__init__.py": "import nothing_like_it"},
            "import_error",
            ["nothing_like_it", "__init__.py", "line 1"],
        ),
        (
            {"pkg/__main__.py": "import nothing_like_it"},
            "import_error",
            ["nothing_like_it", "pkg/__main__.py"],
        ),
        ({"pkg/__init__.py": "x = 1\nraise KeyError('k')"}, "import_error", ["KeyError", "line 2"]),
        ({"pkg/__init__.py": "import sys; sys.exit(5)"}, "import_error", ["SystemExit"]),
        ({"pkg/__init__.py": "import os; os._exit(5)"}, "exited", ["exit code 5"]),
        ({"pkg/__init__.py": "import os; os.kill(os.getpid(), 9)"}, "exited", ["signal 9"]),
        ({"pkg/__init__.py": "import time; time.sleep(60)"}, "timed_out", ["1 s"]),
        ({"pkg/__main__.py": "while True: pass"}, "timed_out", ["pkg.__main__"]),
        ({"pkg/x.py": "x = '\0'"}, "import_error", ["pkg/x.py"]),
        ({"pkg/x.py": "(" * 5000}, "import_error", ["pkg/x.py"]),
    ],
)
def test_a_fault_is_named_with_its_place(
    ask: Callable[..., dict[str, Any]], files: dict[str, str], reason: str, words: list[str]
) -> None:
    answer = ask({**FINE, **files})
    assert (answer["ok"], answer["reason"]) == (False, reason)
    for word in words:
        assert word in answer["message"]


def test_a_missing_package_is_an_import_error(ask: Callable[..., dict[str, Any]]) -> None:
    answer = ask({"other.py": ""}, "pkg")
    assert answer["reason"] == "import_error"
    assert "pkg" in answer["message"]
