"""Your tests, run over your own service as it is, over one right disguise of it and over wrong ones."""

from pathlib import Path
from typing import Any

import pytest

DISGUISED = (Path(__file__).parent / "disguised.py").read_text("utf-8")
PYTEST = ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", "."]


def run_tests(solution: Any, disguise: str | None) -> Any:
    if disguise is not None:
        solution.put("src/own_booking.py", solution.get("src/booking.py"))
        solution.put("src/booking.py", DISGUISED.replace('DISGUISE = "ids"', f'DISGUISE = "{disguise}"'))
    env = {"PYTHONPATH": "src", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return solution.run([*PYTEST, "--ignore=tests/visible", "tests"], env=env)


def test_your_tests_are_green_over_your_service(solution: Any) -> None:
    done = run_tests(solution, None)
    assert done.exit_code == 0, done.text


def test_your_tests_accept_other_ids(solution: Any) -> None:
    done = run_tests(solution, "ids")
    assert done.exit_code == 0, done.text


FLAWS = [
    "charges-twice",
    "never-notifies",
    "accepts-nine",
    "refuses-the-last-seat",
    "expires-late",
    "returns-the-price",
    "cancels-nothing",
]


@pytest.mark.parametrize("flaw", FLAWS)
def test_your_tests_notice_a_service_that(solution: Any, flaw: str) -> None:
    assert run_tests(solution, None).exit_code == 0, "first of all they must be green over your service"
    done = run_tests(solution, flaw)
    assert done.exit_code == 1, f"your tests are content with a service that {flaw}"


def test_your_tests_import_only_the_five_names(solution: Any) -> None:
    code = (
        "import ast, pathlib, sys\n"
        "names = {'HoldExpired', 'PaymentDeclined', 'ReservationService', 'SeatTaken', 'UnknownHold'}\n"
        "for path in pathlib.Path('tests').rglob('*.py'):\n"
        "    if 'visible' in path.parts:\n"
        "        continue\n"
        "    for node in ast.walk(ast.parse(path.read_text('utf-8'))):\n"
        "        if isinstance(node, ast.ImportFrom) and node.module in ('booking', 'src.booking'):\n"
        "            other = {alias.name for alias in node.names} - names - {'*'}\n"
        "            if other:\n"
        "                sys.exit(f'{path}:{node.lineno} imports {sorted(other)}')\n"
    )
    done = solution.run(["python", "-c", code])
    assert done.exit_code == 0, done.error_text
