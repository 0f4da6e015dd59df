"""The plugin in a local run: fixtures, outcomes, messages for authors and candidates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import IMAGES, write_files

Run = Callable[..., pytest.RunResult]

SUBMISSION = {"m.py": "import os\ndef f(x): return x + 1\ndef die(): os._exit(3)\n"}


@pytest.fixture
def run(pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a suite in its own pytest process against a submission."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", f"{IMAGES / 'agent'}:{IMAGES / 'judge'}")

    def run(
        suite: dict[str, str], *options: str, submission: dict[str, str] = SUBMISSION
    ) -> pytest.RunResult:
        folder = write_files(tmp_path / "solution", submission)
        write_files(pytester.path, suite)
        return pytester.runpytest_subprocess("-p", "takehome_pytest.plugin", f"--solution={folder}", *options)

    return run


def test_a_local_run_says_that_it_protects_nothing(run: Run) -> None:
    result = run({"test_x.py": "def test_f(solution): assert solution.call('m:f', 1) == 2"})
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["takehome: * runs LOCALLY, without a sandbox*"])


def test_without_a_solution_the_error_says_what_to_do(pytester: pytest.Pytester, run: Run) -> None:
    write_files(pytester.path, {"test_x.py": "def test_f(solution): pass"})
    result = pytester.runpytest_subprocess("-p", "takehome_pytest.plugin")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*--solution=PATH*"])


def test_helpers_beside_the_tests_are_imported_by_name_and_explain_their_asserts(run: Run) -> None:
    result = run(
        {
            "support.py": "def check(a, b): assert a == b",
            "test_x.py": "from support import check\ndef test_f(solution): check(solution.call('m:f', 1), 3)",
        }
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 2 == 3*"])


def test_a_fault_in_a_shared_fixture_is_met_once_and_fails_every_test(run: Run) -> None:
    result = run(
        {
            "test_x.py": """
                import pytest
                runs = []
                @pytest.fixture(scope="module")
                def value(sandbox):
                    runs.append(1)
                    with sandbox.scenario() as solution:
                        return solution.call("m:die")
                def test_a(value): pass
                def test_b(value): pass
                def test_c(): assert len(runs) == 1
            """
        }
    )
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(["*CandidateCrashed*exit code 3*"])


def test_seed_and_rng_repeat(run: Run) -> None:
    suite = {
        "test_x.py": """
            def test_f(solution, seed, rng):
                assert seed == 5
                assert int(solution.run(["python", "-c", "import os; print(os.environ['SEED'])"]).text) == 5
                print("drew", rng.random())
        """
    }
    drawn = {line for _ in range(2) for line in run(suite, "--seed", "5", "-s").outlines if "drew" in line}
    assert len(drawn) == 1


def test_an_open_scenario_beside_the_solution_fixture_is_explained(run: Run) -> None:
    result = run(
        {
            "test_x.py": """
                import pytest
                @pytest.fixture(scope="module")
                def kept(sandbox):
                    with sandbox.scenario() as solution:
                        yield solution
                def test_a(kept): assert kept.call("m:f", 1) == 2
                def test_b(kept, solution): pass
            """
        }
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*a scenario is open already*"])


def test_origins_that_a_test_forgets_are_closed(run: Run) -> None:
    result = run({"test_x.py": "def test_a(make_origin): make_origin(lambda e: e.reply())"})
    result.assert_outcomes(passed=1)


def test_the_markers_are_known(run: Run) -> None:
    suite = {
        "test_x.py": """
            import pytest
            @pytest.mark.group("g")
            @pytest.mark.critical(cap=60)
            def test_a(): pass
        """
    }
    run(suite, "--strict-markers").assert_outcomes(passed=1)


def test_a_submission_cannot_reach_the_process_that_runs_tests(run: Run) -> None:
    hostile = {
        "conftest.py": "raise SystemExit('gotcha')",
        "pytest.py": "raise SystemExit('gotcha')",
        "sitecustomize.py": "import os; os._exit(0)",
        "m.py": "def f(x): return 0",
    }
    result = run(
        {"test_x.py": "def test_f(solution): assert solution.call('m:f', 1) == 2"}, submission=hostile
    )
    result.assert_outcomes(failed=1)


def test_a_submission_cannot_configure_the_run(pytester: pytest.Pytester, run: Run) -> None:
    hostile = {"pytest.ini": "[pytest]\naddopts = --collect-only", "m.py": "def f(x): return 0"}
    suite = {"tests/test_x.py": "def test_f(solution): assert solution.call('m:f', 1) == 2"}
    run(suite, "tests", submission=hostile).assert_outcomes(failed=1)
    folder = write_files(pytester.path / "two" / "words", hostile)
    result = pytester.runpytest_subprocess(
        "-p", "takehome_pytest.plugin", "--solution", str(folder), str(pytester.path / "tests")
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR or result.parseoutcomes() == {"failed": 1}


def test_a_solution_that_is_no_folder_is_a_wrong_use(run: Run) -> None:
    result = run({"test_x.py": "def test_f(): pass"}, "--solution=/no/such/folder")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no such folder*"])


def test_tests_inside_of_the_solution_may_be_configured_there(run: Run, pytester: pytest.Pytester) -> None:
    write_files(pytester.path, {"pytest.ini": "[pytest]\n", "m.py": "def f(x): return x + 1"})
    suite = {"tests/visible/test_x.py": "def test_f(solution): assert solution.call('m:f', 1) == 2"}
    run(suite, "--solution=.", "tests/visible").assert_outcomes(passed=1)
