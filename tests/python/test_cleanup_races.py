"""What one scenario leaves running disturbs no later one, however slowly it is ended and cleaned up after."""

from __future__ import annotations

import http.client
import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import write_files
from takehome_pytest import Origin, Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs renameat2 and a subreaper")

# In the agent: each step of the clean-up gives what still runs the time to get in between.
DELAYS = """
    import time
    from takehome_agent import scratch
    from takehome_agent.roster import Roster

    def late(function, seconds):
        def wait_and_call(*args, **kwargs):
            time.sleep(seconds)
            return function(*args, **kwargs)
        return wait_and_call

    def now_and_then(function):
        count = 0
        def every_third(self):
            nonlocal count
            count += 1
            time.sleep(0.01)
            if count % 3 == 0:
                function(self)
        return every_third

    Roster._kill_round = now_and_then(Roster._kill_round)
    Roster.reap = late(Roster.reap, 0.005)
    scratch.empty_directory = late(scratch.empty_directory, 0.01)
    scratch._remove_entry = late(scratch._remove_entry, 0.01)
    scratch.Submission.unpack = late(scratch.Submission.unpack, 0.01)
"""
SUBMISSION = {
    "work.py": """
        import ctypes, os, sys, time, urllib.request
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        def leave_a_swapper(numbers, elsewhere):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    swap(os.path.dirname(os.environ["WORK_DIR"]), elsewhere)
                os._exit(0)
            os.wait()
            return sum(numbers)

        def swap(root, elsewhere):
            libc, at_fdcwd, exchange = ctypes.CDLL(None), -100, 2
            os.makedirs(f"{root}/folder/inner", exist_ok=True)
            os.symlink(elsewhere, f"{root}/link")
            names = [os.fsencode(f"{root}/{name}") for name in ("folder", "submission", "link")]
            give_up = time.monotonic() + 20
            while time.monotonic() < give_up:
                for one in names[:2] * 50:
                    libc.renameat2(at_fdcwd, one, at_fdcwd, names[2], exchange)

        def fetch(url):
            with urllib.request.urlopen(url) as response:
                return response.read().decode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(self.path.encode())

        if __name__ == "__main__":
            if sys.argv[1] == "sum":
                print(sum(map(int, sys.stdin)))
            else:
                ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    """,
}


@pytest.fixture(scope="module", params=["at once", "slowly"])
def sandbox(
    request: pytest.FixtureRequest,
    open_sandbox: Callable[..., Sandbox],
    tmp_path_factory: pytest.TempPathFactory,
) -> Sandbox:
    if request.param == "at once":
        return open_sandbox(SUBMISSION)
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("preloaded")
        patch.syspath_prepend(write_files(folder, {"own_delays.py": textwrap.dedent(DELAYS)}))
        return open_sandbox(SUBMISSION, preload=["own_delays"])


def test_a_swapper_of_folders_disturbs_no_later_scenario(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    for number in range(4):
        with sandbox.scenario() as solution:
            assert solution.call("work:leave_a_swapper", [1, number], str(tmp_path)) == 1 + number
        with sandbox.scenario() as solution:
            done = solution.run(["python", "-m", "work", "sum"], stdin=f"4\n{number}\n")
            assert (done.exit_code, done.text) == (0, f"{4 + number}\n")
        with sandbox.scenario() as solution:
            service = solution.serve(["python", "-m", "work", "serve"], ready=None)
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
            connection.request("GET", f"/{number}")
            assert connection.getresponse().read() == f"/{number}".encode()
            connection.close()
        with (
            sandbox.scenario() as solution,
            Origin(lambda exchange: exchange.reply(200, exchange.path)) as origin,
        ):
            assert solution.call("work:fetch", f"{origin.url}/{number}") == f"/{number}"
            assert solution.list("..") == ["submission/"]
    assert sandbox.clean
    assert os.listdir(tmp_path) == ["kept"]
