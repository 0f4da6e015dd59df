"""Programs that start from the agent's interpreter behave like those that are executed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator

import pytest
from conftest import wait_for_output
from takehome_pytest import Sandbox, Solution

SUBMISSION = {
    "app/__init__.py": "",
    "app/__main__.py": "import sys; from app import core; sys.exit(core.main(sys.argv[1:]))",
    "app/core.py": """
        import atexit, os, random, signal, sys, threading, time

        class Late:
            def __del__(self): os.write(1, b"finalized ")

        def main(argv):
            match argv:
                case ["who"]:
                    main = sys.modules["__main__"]
                    print(__name__, main.__name__, main.__spec__.name, main.__package__)
                    print(sys.argv[0].endswith("app/__main__.py"), sys.argv[1:], sys.path[0] == os.getcwd())
                    print(sys.stdin.name, sys.stdout.name, sys.stderr.name, sys.stdout.line_buffering)
                case ["env"]: print(sorted(os.environ), os.getcwd() == os.environ["WORK_DIR"])
                case ["exit", "text"]: sys.exit("so be it")
                case ["exit", code]: return int(code)
                case ["none"]: return None
                case ["raise"]: raise ValueError("broken on purpose")
                case ["late"]:
                    # Each of these is lost where a process ends without finalization.
                    global kept, file
                    kept, file = Late(), open(os.path.join(os.environ["STATE_DIR"], "late"), "w")
                    file.write("flushed")
                    atexit.register(lambda: os.write(1, b"atexit "))
                    threading.Thread(target=lambda: (time.sleep(0.2), os.write(1, b"joined "))).start()
                    sys.stdout.write("buffered ")
                case ["daemon"]:
                    threading.Thread(target=lambda: time.sleep(600), daemon=True).start()
                case ["wait"]:
                    print("ready", flush=True)
                    time.sleep(600)
                case ["dispositions"]:
                    for n in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM, signal.SIGCHLD):
                        handler = signal.getsignal(n)
                        print(handler.__name__ if callable(handler) else handler.name)
                case ["random"]: print(random.random())
                case ["upper"]: print(sys.stdin.read().upper())
                case ["preloaded"]: print("decimal" in sys.modules)
                case ["spawn"]:
                    import multiprocessing
                    with multiprocessing.get_context("spawn").Pool(1) as pool: print(pool.map(abs, [-3]))
                case ["pipe"]:
                    os.close(1)
                    print("nobody reads this")
    """,
    "script.py": """
        import sys
        print(__name__, __file__ == sys.path[0] + "/script.py", sys.argv, __spec__)
        if "fail" in sys.argv: {}["x"]
    """,
}


def sandbox_of(open_sandbox: Callable[..., Sandbox], warm: bool) -> Sandbox:
    return open_sandbox(SUBMISSION, preload=["random", "decimal"], warm_programs=warm)


@pytest.fixture(scope="module")
def both(open_sandbox: Callable[..., Sandbox]) -> tuple[Sandbox, Sandbox]:
    return sandbox_of(open_sandbox, True), sandbox_of(open_sandbox, False)


@pytest.fixture
def solution(both: tuple[Sandbox, Sandbox]) -> Iterator[Solution]:
    with both[0].scenario() as solution:
        yield solution


def is_warm(solution: Solution, argv: list[str], **options: object) -> bool:
    return "True" in solution.run(argv, **options).text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "argv",
    [
        ["python", "-m", "app", "who"],
        ["python", "-m", "app", "env"],
        ["python", "-m", "app", "exit", "0"],
        ["python", "-m", "app", "exit", "7"],
        ["python", "-m", "app", "exit", "300"],
        ["python", "-m", "app", "exit", "-1"],
        ["python", "-m", "app", "exit", "text"],
        ["python", "-m", "app", "none"],
        ["python", "-m", "app", "raise"],
        ["python", "-m", "app", "late"],
        ["python", "-m", "app", "daemon"],
        ["python", "-m", "app", "dispositions"],
        ["python", "-m", "app", "upper"],
        ["python", "-m", "app", "spawn"],
        ["python", "-m", "no.such.module"],
        ["python", "-m", "app.core"],
        ["python", "script.py", "a", "b"],
        ["python", "./script.py", "fail"],
        ["python", "missing.py"],
        ["python", "-c", "print(1)"],
    ],
    ids=" ".join,
)
def test_nobody_can_tell_a_warm_start_from_an_execution(
    both: tuple[Sandbox, Sandbox], argv: list[str]
) -> None:
    seen = []
    for sandbox in both:
        with sandbox.scenario() as solution:
            done = solution.run(argv, stdin=b"a word")
            late = solution.get(f"{solution.state_dir}/late") if "late" in argv else b""
            text, errors = (
                data.replace(solution.work_dir.encode(), b"WORK") for data in (done.stdout, done.stderr)
            )
            seen.append((done.outcome, done.exit_code, done.signal, text, errors, late))
    assert seen[0] == seen[1]


def test_output_that_cannot_be_flushed_is_told_by_the_exit_code(both: tuple[Sandbox, Sandbox]) -> None:
    for sandbox in both:
        with sandbox.scenario() as solution:
            assert solution.run(["python", "-m", "app", "pipe"]).exit_code == 120


def test_a_warm_program_has_the_preloaded_modules(solution: Solution) -> None:
    assert is_warm(solution, ["python", "-m", "app", "preloaded"])
    assert is_warm(solution, ["python3", "-m", "app", "preloaded"])
    assert is_warm(solution, [f"python3.{sys.version_info.minor}", "-m", "app", "preloaded"])


def test_what_would_steer_the_interpreter_is_executed(solution: Solution) -> None:
    app = ["-m", "app", "preloaded"]
    assert not is_warm(solution, ["python", "-u", *app])
    assert not is_warm(solution, ["python", *app], env={"PYTHONPATH": "/nowhere"})
    assert not is_warm(solution, ["python", *app], env={"LD_PRELOAD": ""})
    assert is_warm(solution, ["python", *app], env={"MODE": "fast"})


def test_each_start_draws_other_random_numbers(solution: Solution) -> None:
    numbers = {solution.run(["python", "-m", "app", "random"]).text for _ in range(4)}
    assert len(numbers) == 4


def test_an_interrupt_ends_it_as_it_ends_python(both: tuple[Sandbox, Sandbox]) -> None:
    seen = []
    for sandbox in both:
        with sandbox.scenario() as solution:
            process = solution.start(["python", "-m", "app", "wait"])
            wait_for_output(process, b"ready")
            process.signal(signal.SIGINT)
            done = process.wait(10)
            errors = done.error_text.replace(solution.work_dir, "WORK")
            seen.append((done.outcome, done.exit_code, done.signal, errors))
    assert seen[0] == seen[1]
    assert seen[0][2] == signal.SIGINT and "KeyboardInterrupt" in seen[0][3]


HIDING = {
    "decimal.py": "WHOSE = 'the submission'",
    "fractions/__init__.py": "WHOSE = 'the submission'",
    "numbers/data.txt": "a folder without modules",
    "main.py": "import decimal, fractions, numbers; print(decimal.WHOSE, fractions.WHOSE, numbers.Number)",
    "calls.py": """
        def whose():
            import decimal, fractions, numbers
            return [decimal.WHOSE, fractions.WHOSE, numbers.Number.__name__]
    """,
}


def test_a_file_with_the_name_of_a_preloaded_module_comes_first(open_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = open_sandbox(HIDING, preload=["decimal", "fractions", "numbers"], warm_programs=True)
    with sandbox.scenario() as solution:
        done = solution.run(["python", "main.py"])
        assert done.text == "the submission the submission <class 'numbers.Number'>\n", done.error_text
        assert solution.call("calls:whose") == ["the submission", "the submission", "Number"]
