"""Programs of the candidate: run, start, serve, their output, their cost and their end."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from conftest import wait_for_output
from takehome_pytest import CandidateCrashed, CandidateTimedOut, Sandbox, Solution

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and a subreaper")

SUBMISSION = {
    "tool.py": """
        import ctypes, os, signal, subprocess, sys, threading, time

        def spin(seconds):
            end = time.process_time() + seconds
            while time.process_time() < end: pass

        match sys.argv[1:]:
            case ["upper"]: sys.stdout.write(sys.stdin.read().upper())
            case ["exit", code]: print("sorry", file=sys.stderr); sys.exit(int(code))
            case ["flood", size]:
                sys.stdout.write("x" * int(size)); sys.stderr.write("y" * int(size))
            case ["endless"]:
                while True: os.write(1, b"z" * 65536)
            case ["hang"]: print("ready", flush=True); time.sleep(600)
            case ["stubborn"]:
                for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(n, signal.SIG_IGN)
                print("ready", flush=True)
                while True: time.sleep(600)
            case ["graceful"]:
                signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
                print("ready", flush=True)
                time.sleep(600)
            case ["leave", path]:
                # A daemon that holds our output open and would write later.
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        time.sleep(0.6)
                        open(path, "w").write("late")
                        time.sleep(600)
                    os._exit(0)
                print("left", flush=True)
            case ["daemon", *close]:
                if os.fork() == 0:
                    os.setsid()
                    if (pid := os.fork()) == 0:
                        time.sleep(600)
                    print(pid, flush=True)
                    os._exit(0)
                os.wait()
                time.sleep(600)
            case ["headless"]:
                # A daemon whose main thread ends at once, while another one works on.
                r, w = os.pipe()
                def work(): spin(0.2); os.write(w, b"x"); spin(600)
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        os.closerange(0, 3)
                        threading.Thread(target=work).start()
                        number = {"x86_64": 60, "aarch64": 93}[os.uname().machine]
                        ctypes.CDLL(None).syscall(number, 0)  # exit, of one thread
                    os._exit(0)
                os.wait(); os.read(r, 1)
            case ["burn", seconds]: spin(float(seconds))
            case ["burn-child", seconds]: subprocess.run([sys.executable, __file__, "burn", seconds])
            case ["burn-orphan", seconds]:
                r, w = os.pipe()
                if os.fork() == 0:
                    if os.fork() == 0:
                        os.setsid(); spin(float(seconds)); os.write(w, b"x")
                    os._exit(0)
                os.wait(); os.read(r, 1)
            case ["grow", size]: data = b"x" * int(size); print(len(data))
            case ["state", text]:
                with open(os.path.join(os.environ["STATE_DIR"], "log"), "a") as f: f.write(text)
            case ["env", name]: print(os.environ.get(name))
            case ["tree"]:
                subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
                print("ready", flush=True); time.sleep(600)
            case ["close-stdin"]: os.close(0); time.sleep(0.2); print("done")
    """,
    "server.py": """
        import http.server, os, sys, time
        mode = sys.argv[1]
        if mode == "dies": sys.exit("cannot bind")
        if mode == "deaf": time.sleep(600)
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path == "/healthz" else 404)
                self.end_headers()
                self.wfile.write(b"hello")
            def log_message(self, *args): pass
        time.sleep(0.2)
        http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    """,
}


@pytest.fixture(scope="module")
def sandbox(open_sandbox: Callable[[dict[str, str]], Sandbox]) -> Sandbox:
    return open_sandbox(SUBMISSION)


@pytest.fixture
def solution(sandbox: Sandbox) -> Iterator[Solution]:
    with sandbox.scenario() as solution:
        yield solution


def tool(*args: object) -> list[str]:
    return ["python", "tool.py", *map(str, args)]


def account(sandbox: Sandbox) -> tuple[dict[str, int], list[str]]:
    reply = sandbox.ask("account", {})
    return reply["usage"], [note["kind"] for note in reply["notes"]]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_run_gives_streams_and_exit_code(solution: Solution) -> None:
    done = solution.run(tool("upper"), stdin="grün")
    assert (done.exit_code, done.signal, done.outcome) == (0, None, "exited")
    assert done.text == "GRÜN"
    done = solution.run(tool("exit", 3))
    assert (done.exit_code, done.stderr) == (3, b"sorry\n")
    assert done.wall_s > 0
    assert done.cpu_s > 0
    assert done.peak_memory_bytes > 1 << 20


def test_large_standard_input_reaches_the_program(solution: Solution) -> None:
    done = solution.run(
        ["python", "-c", "import sys; print(len(sys.stdin.buffer.read()))"], stdin=b"x" * (20 << 20)
    )
    assert done.text.strip() == str(20 << 20)


def test_input_that_nobody_reads_does_not_block(solution: Solution) -> None:
    assert solution.run(tool("exit", 0), stdin=b"x" * (1 << 20)).exit_code == 0
    assert solution.run(tool("close-stdin"), stdin=b"x" * (12 << 20)).text == "done\n"


def test_a_program_that_never_reads_its_input_times_out(solution: Solution) -> None:
    done = solution.run(tool("hang"), stdin=b"x" * (12 << 20), timeout=0.5, check=False)
    assert done.outcome == "timed_out"


def test_an_unknown_program_exits_127(solution: Solution) -> None:
    done = solution.run(["no-such-program"])
    assert done.exit_code == 127
    assert "cannot execute" in done.error_text


def test_output_is_kept_up_to_the_cap_and_the_rest_is_dropped(sandbox: Sandbox) -> None:
    with sandbox.scenario() as solution:
        done = solution.run(tool("flood", 300_000))
    assert len(done.stdout) == len(done.stderr) == 64 << 10
    assert done.stdout_truncated
    assert done.stderr_truncated
    assert "output_capped" in account(sandbox)[1]


def test_endless_output_ends_at_the_deadline(solution: Solution) -> None:
    done = solution.run(tool("endless"), timeout=0.5, check=False)
    assert done.outcome == "timed_out"
    assert len(done.stdout) == 64 << 10


def test_a_deadline_kills_what_ignores_signals(solution: Solution) -> None:
    with pytest.raises(CandidateTimedOut):
        solution.run(tool("stubborn"), timeout=0.5)
    done = solution.run(tool("hang"), timeout=0.3, check=False)
    assert (done.outcome, done.exit_code) == ("timed_out", None)
    assert done.stdout in (b"ready\n", b"")


def test_signals_reach_a_started_process(solution: Solution) -> None:
    process = solution.start(tool("graceful"))
    wait_for_output(process, b"ready")
    assert process.running
    process.signal(signal.SIGTERM)
    assert process.wait(5).exit_code == 143
    assert not process.running
    process = solution.start(tool("hang"))
    wait_for_output(process, b"ready")
    process.kill()
    assert process.wait(5).signal == signal.SIGKILL


@LINUX
def test_a_stopped_process_continues(solution: Solution) -> None:
    process = solution.start(tool("graceful"))
    wait_for_output(process, b"ready")
    process.signal(signal.SIGSTOP)
    process.signal(signal.SIGTERM)
    time.sleep(0.05)
    assert process.running
    process.signal(signal.SIGCONT)
    assert process.wait(5).exit_code == 143


def test_the_agent_answers_while_a_process_runs(solution: Solution) -> None:
    process = solution.start(tool("hang"))
    waiting: list[object] = []
    thread = threading.Thread(target=lambda: waiting.append(process.wait(10, check=False)))
    thread.start()
    assert solution.run(tool("exit", 0)).exit_code == 0
    solution.put("x", "y")
    process.kill()
    thread.join(5)
    assert len(waiting) == 1


@LINUX
def test_usage_of_a_live_tree_grows(solution: Solution) -> None:
    process = solution.start(tool("burn-child", 1.0))
    give_up = time.monotonic() + 60
    while (usage := process.usage()).cpu_s <= 0.1:
        assert time.monotonic() < give_up
    assert usage.processes == 2
    assert usage.peak_memory_bytes > 1 << 20
    assert process.wait(10).cpu_s >= 1.0


@LINUX
@pytest.mark.parametrize("how", ["burn", "burn-child", "burn-orphan"])
def test_cpu_time_is_charged_wherever_it_is_spent(solution: Solution, how: str) -> None:
    assert solution.run(tool(how, 0.5)).cpu_s >= 0.5


def test_peak_memory_is_that_of_the_largest_process(solution: Solution) -> None:
    assert solution.run(tool("grow", 80 << 20)).peak_memory_bytes >= 80 << 20


@LINUX
def test_a_daemon_neither_delays_the_end_nor_survives_it(sandbox: Sandbox) -> None:
    with sandbox.scenario() as solution:
        started = time.monotonic()
        done = solution.run(tool("leave", "late.txt"))
        assert time.monotonic() - started < 0.6
        assert done.stdout == b"left\n"
        time.sleep(0.7)
        assert solution.list() == ["server.py", "tool.py"]
    assert "leftover_processes" in account(sandbox)[1]


@LINUX
def test_a_daemon_without_its_main_thread_is_noted_and_charged(sandbox: Sandbox) -> None:
    with sandbox.scenario() as solution:
        done = solution.run(tool("headless"), timeout=60)
        assert done.exit_code == 0
        assert "leftover_processes" in account(sandbox)[1]
        # What it worked while the program waited, and until it was found.
        assert done.cpu_s >= 0.2


@LINUX
def test_killing_a_process_kills_its_daemons_while_another_runs(solution: Solution) -> None:
    other = solution.start(tool("hang"))
    wait_for_output(other, b"ready")
    process = solution.start(tool("daemon"))
    wait_for_output(process, b"\n")
    daemon = int(process.output()[0])
    assert alive(daemon)
    process.kill()
    process.wait(5)
    assert not alive(daemon)
    assert other.running


@LINUX
def test_killing_a_process_kills_its_children(solution: Solution) -> None:
    process = solution.start(tool("tree"))
    wait_for_output(process, b"ready")
    assert process.usage().processes == 2
    process.kill()
    process.wait(5)
    assert process.usage().processes == 0


def test_the_end_of_a_scenario_ends_everything(sandbox: Sandbox) -> None:
    with sandbox.scenario() as solution:
        processes = [solution.start(tool(mode)) for mode in ("hang", "stubborn", "tree")]
        for process in processes:
            wait_for_output(process, b"ready")
    assert not any(alive(process.pid) for process in processes)
    assert account(sandbox)[0]["cpu_ms"] > 0
    assert account(sandbox)[0]["cpu_ms"] == 0


def test_state_survives_a_kill_and_not_the_scenario(sandbox: Sandbox) -> None:
    with sandbox.scenario() as solution:
        for text in ("a", "b"):
            solution.run(tool("state", text))
        assert solution.get(solution.state_dir + "/log") == b"ab"
    with sandbox.scenario() as solution:
        assert solution.list(solution.state_dir) == []


def test_environment_and_files_of_a_run(solution: Solution) -> None:
    assert solution.run(tool("env", "EXTRA"), env={"EXTRA": "1"}).text == "1\n"
    assert solution.run(tool("env", "SEED")).text == "7\n"
    done = solution.run(["python", "extra/main.py"], files={"extra/main.py": "print(__file__)"})
    assert done.exit_code == 0


def test_a_service_is_ready_when_it_answers(solution: Solution) -> None:
    with solution.serve(["python", "server.py", "ok"]) as service:
        assert service.request("GET", "/healthz").body == b"hello"
        assert service.request("GET", "/other").status == 404
        assert service.stop().signal == signal.SIGTERM
    with solution.serve(["python", "server.py", "ok"], ready=None) as service:
        assert service.process.running
    assert not service.process.running


def test_a_service_that_does_not_come_up_is_a_fault_with_its_stderr(solution: Solution) -> None:
    with pytest.raises(CandidateCrashed, match="cannot bind"):
        solution.serve(["python", "server.py", "dies"])
    with pytest.raises(CandidateTimedOut):
        solution.serve(["python", "server.py", "deaf"], timeout=0.5)


def test_an_entry_point_of_the_submissions_own(solution: Solution) -> None:
    assert solution.entry_point(["python", "x"]) == ["python", "x"]
    solution.put("takehome.toml", 'run = ["python", "server.py"]')
    assert solution.entry_point(["x"]) == ["python", "server.py"]
    for bad in ("run = 3", "run = []", "run = [1]", "=", "a=" + "[" * 5000):
        solution.put("takehome.toml", bad)
        with pytest.raises(CandidateCrashed, match="takehome"):
            solution.entry_point(["x"])
