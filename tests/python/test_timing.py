"""The judge's part of timing, against local agents: what is measured, what is checked, who is blamed."""

from __future__ import annotations

import itertools
import os
import random
import resource
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from takehome_agent import clocks
from takehome_pytest import Sandbox
from takehome_pytest.faults import CandidateTimedOut
from takehome_pytest.timing.session import TimingSession
from takehome_pytest.timing.subjects import BadDriver, Driver

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the CPU clocks of other processes")

OpenSandbox = Callable[..., Sandbox]
names = itertools.count()

SPIN = """
    import hashlib, os, sys, time

    def spin(seconds):
        end = time.process_time() + seconds
        while time.process_time() < end: pass

    def seed(): return os.environ["PYTHONHASHSEED"], hash("a") == hash("a"), sys.flags.hash_randomization

    def double(number, size): return 2 * number
"""
CALLS = "def arguments(rng, size): return rng.randrange(10**6), size\n"


class Timed:
    """A session over two submissions, and a plan."""

    def __init__(
        self, open_sandbox: OpenSandbox, folder: Path, candidate: str, reference: str = SPIN
    ) -> None:
        self.folder = folder
        self.session = TimingSession(open_sandbox({"m.py": candidate}), folder)
        other = open_sandbox({"m.py": reference})
        assert other.client is not None
        self.session.reference.attach(other.client)

    def load(self, driver: str, kind: str = "calls", target: str = "m:double") -> None:
        name = f"timing_of_test_{next(names)}.py"
        (self.folder / name).write_text(textwrap.dedent(driver))
        self.session.load({"kind": kind, "driver": name, "target": target})

    def measure(self, **changes: Any) -> dict[str, Any]:
        usual = {"size": 3, "hash_seed": 5, "inner": 1, "seed": "s", "orders": ["ab", "ba"], "seconds": 0.0}
        return self.session.measure({**usual, "alone": False, **changes})


@pytest.fixture
def timed(open_sandbox: OpenSandbox, tmp_path: Path) -> Callable[..., Timed]:
    return lambda *sources: Timed(open_sandbox, tmp_path, *sources)


def test_both_sides_of_a_pair_are_read_in_the_order_that_was_asked_for(timed: Callable[..., Timed]) -> None:
    plan = timed(SPIN)
    plan.load(CALLS)
    orders = ["ba", "ab", "ab", "ba", "ab"]
    assert len(plan.measure(inner=4, orders=orders)["pairs"]) == 2, "the time is over, but two there must be"
    answer = plan.measure(inner=4, orders=orders, seconds=600.0)
    assert answer["kind"] == "measured"
    assert [pair["order"] for pair in answer["pairs"]] == orders
    for pair, side in itertools.product(answer["pairs"], ("candidate", "reference")):
        assert pair[side]["cpu_ns"] > 0 and pair[side]["wall_ns"] > 0
    for side in ("candidate", "reference"):
        whole = answer["whole"][side]
        inside = sum(pair[side]["cpu_ns"] for pair in answer["pairs"])
        assert whole["warm_up_ns"] > 0 and whole["peak_bytes"] > 1 << 20
        assert whole["cpu_ns"] > inside, "an interpreter's start is in it, too"


def test_work_is_charged_to_who_did_it(timed: Callable[..., Timed]) -> None:
    plan = timed(SPIN.replace("return 2 *", "spin(0.05); return 2 *"))
    plan.load(CALLS)
    pair = plan.measure(inner=2)["pairs"][0]
    assert pair["candidate"]["cpu_ns"] >= 100_000_000 > pair["reference"]["cpu_ns"]


@pytest.mark.parametrize(
    "where",
    [
        "os.fork() or (spin(0.2), os._exit(0)); os.wait()",
        "import subprocess; subprocess.run([sys.executable, '-c', 'import m; m.spin(0.2)'])",
    ],
    ids=["child", "program"],
)
def test_what_children_did_that_are_gone_is_in_the_whole_cost(
    timed: Callable[..., Timed], where: str
) -> None:
    plan = timed(
        f"{textwrap.dedent(SPIN)}\ndef twice(number, size):\n    {where}\n    return 2 * number\n",
        SPIN + "    def twice(number, size): return 2 * number\n",
    )
    plan.load(CALLS, target="m:twice")
    whole = plan.measure()["whole"]
    assert whole["candidate"]["cpu_ns"] >= whole["reference"]["cpu_ns"] + 500_000_000, "three times 0.2 s"


def test_what_living_children_did_is_in_the_sample(timed: Callable[..., Timed]) -> None:
    helped = """
        asks, hears = os.pipe(), os.pipe()
        if os.fork() == 0:
            while os.read(asks[0], 1):
                spin(0.1)
                os.write(hears[1], b"x")
            os._exit(0)

        def helped(number, size):
            os.write(asks[1], b"x")
            os.read(hears[0], 1)
            return 2 * number
    """
    alone = SPIN + "    def helped(number, size): return 2 * number\n"
    plan = timed(textwrap.dedent(SPIN) + textwrap.dedent(helped), alone)
    plan.load(CALLS, target="m:helped")
    pair = plan.measure()["pairs"][0]
    assert pair["candidate"]["cpu_ns"] >= 90_000_000 > pair["reference"]["cpu_ns"]


def test_work_at_import_is_in_the_whole_cost_and_not_in_a_sample(timed: Callable[..., Timed]) -> None:
    plan = timed(textwrap.dedent(SPIN) + "\nspin(0.4)\n")
    plan.load(CALLS)
    answer = plan.measure()
    assert all(pair["candidate"]["cpu_ns"] < 200_000_000 for pair in answer["pairs"])
    assert answer["whole"]["candidate"]["cpu_ns"] >= 400_000_000


def test_inputs_differ_from_sample_to_sample_and_are_the_same_for_both_sides(
    timed: Callable[..., Timed], tmp_path: Path
) -> None:
    keeps = f"""
        def keep(name, number):
            with open({str(tmp_path)!r} + "/" + name, "a") as file: print(number, file=file)
            return 0
    """
    plan = timed(*(textwrap.dedent(keeps) + f"def f(n): return keep({side!r}, n)\n" for side in "cr"))
    plan.load("def arguments(rng, size): return (rng.getrandbits(64),)\n", target="m:f")
    plan.measure(inner=3, orders=["ab", "ab"])
    plan.measure(inner=3, orders=["ab", "ab"], seed="t")
    seen = {side: (tmp_path / side).read_text().split() for side in "cr"}
    assert seen["c"] == seen["r"]
    assert len(set(seen["c"])) == len(seen["c"]) == 2 * 3 * 3, "a discarded sample and two others, twice"


def test_the_sides_run_in_the_order_of_each_pair(timed: Callable[..., Timed], tmp_path: Path) -> None:
    log = tmp_path / "log"
    source = "def f(n):\n    with open({log!r}, 'a') as file: file.write({side!r})\n"
    plan = timed(*(source.format(log=str(log), side=side) for side in "cr"))
    plan.load("def arguments(rng, size): return (1,)\n", target="m:f")
    plan.measure(orders=["ab", "ba", "ab"], seconds=600.0)
    plan.measure(orders=["ba", "ab"])
    assert log.read_text() == "cr" + "crrccr" + "rc" + "rccr", (
        "the discarded samples have the first pair's order"
    )


def test_both_sides_have_the_hash_seed_that_was_asked_for(timed: Callable[..., Timed]) -> None:
    text = "import os\ndef f(): return os.environ['PYTHONHASHSEED'], hash('text')\n"
    plan = timed(text, text)
    plan.load(
        "def arguments(rng, size): return ()\ndef check(args, result): assert result[0] == '77', result\n",
        target="m:f",
    )
    assert plan.measure(hash_seed=77)["kind"] == "measured"
    plan.load("def arguments(rng, size): return ()\n", target="m:f")
    assert plan.measure(hash_seed=78)["kind"] == "measured", "the same string hash on both sides"


def test_addresses_of_a_timed_process_follow_from_its_seed(open_sandbox: OpenSandbox) -> None:
    source = """
        import os, resource
        def where():
            with open("/proc/self/maps") as maps:
                lines = [line for line in maps if line.count("/") or "[" in line]
            places = {line.split()[-1]: line.split("-")[0] for line in lines}
            return places["[stack]"], places["[heap]"], sorted(places.items())
        def stack(): return list(resource.getrlimit(resource.RLIMIT_STACK))
    """
    with open_sandbox({"m.py": source}).scenario() as solution:

        def look(seed: int) -> list[object]:
            worker = solution.timed_worker(seed)
            worker.load([()])
            worker.go("m:where")
            return list(worker.fetch()[0])

        first, again, other = look(5), look(5), look(5_000_006)
        assert first == again, "equal seeds, equal layouts"
        libraries = [place for place in first[2] if place not in other[2] and ".so" in place[0]]
        assert libraries, "another seed, another layout"
        worker = solution.timed_worker(5)
        worker.load([()])
        worker.go("m:stack")
        assert worker.fetch()[0] == list(resource.getrlimit(resource.RLIMIT_STACK)), "as for any program"
        # A program that the author's driver starts.
        program = ["python", "-c", "print(open('/proc/self/maps').read())"]
    with open_sandbox({"m.py": source}).scenario(layout=5) as solution:
        maps = [solution.run(program).stdout for _ in range(2)]
        stacks = [
            [line for line in text.splitlines() if b".so" in line or b"[stack]" in line] for text in maps
        ]
        assert stacks[0] == stacks[1] != []


@pytest.mark.parametrize(
    ("candidate", "outcome", "says"),
    [
        ("def double(n, s): return 2 * n + 1", "failed", "returned something else"),
        ("def double(n, s): return float(2 * n)", "failed", "returned something else"),
        ("def double(n, s): raise KeyError('mine')", "failed", "mine"),
        ("import os\ndef double(n, s): os._exit(3)", "crashed", "exit code 3"),
        ("def nothing(): pass", "failed", "double"),
        ("this is no Python", "failed", "SyntaxError"),
        (
            "from takehome_agent import worker_main\n"
            "worker_main._Worker._act = lambda self, message, args, kwargs: []\n"
            "def double(n, s): return 2 * n",
            "failed",
            "results",
        ),
    ],
    ids=["wrong", "another-type", "raises", "dies", "missing", "no-python", "patched"],
)
def test_a_candidate_that_does_not_do_the_task_is_told(
    timed: Callable[..., Timed], candidate: str, outcome: str, says: str
) -> None:
    plan = timed(candidate)
    plan.load(CALLS)
    answer = plan.measure()
    assert (answer["kind"], answer["side"], answer["outcome"]) == ("unmeasured", "candidate", outcome)
    assert says in answer["message"]
    # Nothing is left of it, and the next pair of processes can begin.
    assert plan.measure(alone=True, orders=["ab"] * 3)["kind"] == "measured"


def test_a_reference_that_does_not_do_the_task_is_told_as_such(timed: Callable[..., Timed]) -> None:
    plan = timed(SPIN, "def double(n, s): raise RuntimeError('the author errs')")
    plan.load(CALLS)
    answer = plan.measure()
    assert (answer["kind"], answer["side"]) == ("unmeasured", "reference")
    assert "the author errs" in answer["message"]


def test_alone_the_reference_doubles_its_tasks_until_that_takes_long_enough(
    timed: Callable[..., Timed],
) -> None:
    slow = SPIN + "    def slow(n): spin(0.001); return n\n"
    plan = timed("raise SystemExit", slow)
    plan.load("def arguments(rng, size): return (1,)\n", target="m:slow")
    answer = plan.measure(alone=True, orders=["ab"] * 21, seconds=30.0)
    times = [max(pair["reference"]["cpu_ns"], pair["reference"]["wall_ns"]) for pair in answer["pairs"]]
    assert max(times[:-1], default=0) < 10_000_000 <= times[-1]
    assert all(time >= tasks * 1_000_000 for time, tasks in zip(times, (1, 2, 4, 8, 16), strict=False))
    assert all("candidate" not in pair for pair in answer["pairs"])
    assert set(answer["whole"]) == {"reference"}


@pytest.mark.parametrize(
    ("kind", "driver", "says"),
    [
        ("calls", "x = 1\n", "has no function arguments"),
        ("program", CALLS, "has no function run"),
        ("requests", "def serve(solution): pass\n", "has no function requests"),
        ("calls", "1 / 0\n", "ZeroDivisionError"),
        ("dances", CALLS, "no kind 'dances'"),
    ],
)
def test_a_driver_that_cannot_be_used_is_the_authors_fault(
    timed: Callable[..., Timed], kind: str, driver: str, says: str
) -> None:
    with pytest.raises(BadDriver, match=says):
        timed(SPIN).load(driver, kind)


def test_without_a_plan_nothing_is_measured(timed: Callable[..., Timed]) -> None:
    with pytest.raises(BadDriver, match="no plan"):
        timed(SPIN).measure()


PROGRAM = """
    from takehome_pytest.timing import Timed

    def run(solution, rng, size):
        done = solution.run(["python", "-c", f"import m; m.spin({size} / 1000)"])
        assert done.exit_code == 0, f"exit code {done.exit_code}"
        return Timed(done, 0.25)
"""


def test_a_program_is_started_anew_for_each_sample_and_has_an_ideal(timed: Callable[..., Timed]) -> None:
    plan = timed(SPIN.replace("+ seconds", "+ 3 * seconds"))
    plan.load(PROGRAM, "program")
    answer = plan.measure(size=100, inner=2)
    assert len(answer["pairs"]) == 2, "and none is discarded"
    for pair in answer["pairs"]:
        assert pair["candidate"]["ideal_ns"] == pair["reference"]["ideal_ns"] == 500_000_000
        assert pair["candidate"]["cpu_ns"] >= 600_000_000
        assert pair["reference"]["cpu_ns"] >= 200_000_000
    assert answer["whole"]["candidate"]["warm_up_ns"] == 0
    plan.load(PROGRAM.replace("spin(", "nothing("), "program")
    failed = plan.measure()
    assert (failed["outcome"], failed["message"]) == ("failed", "exit code 1")


SERVER = """
    import http.server, json, os, sys
    kept = []
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def answer(self, body):
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        def do_POST(self):
            kept.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(f"{os.getpid()}-{len(kept) - 1}")
        def do_GET(self):
            self.answer(kept[int(self.path.rpartition("-")[2])] if "-" in self.path else SHIFT)
        def log_message(self, *args): pass
    SHIFT = 0
    if __name__ == "__main__":
        http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
LOOP = """
    import json
    from takehome_pytest.timing import Request

    def serve(solution): return solution.serve(["python", "m.py"], ready="/")

    def fill(service, rng, size):
        return [json.loads(service.request("POST", "/", f"item {n}").body) for n in range(size)]

    def requests(rng, size, made): return [Request("GET", f"/{one}") for one in made]

    def check(request, response):
        assert json.loads(response.body) == "item " + request.path.rpartition("-")[2]
"""


def test_a_service_is_filled_and_asked_for_what_it_made_itself(timed: Callable[..., Timed]) -> None:
    plan = timed(SERVER, SERVER)
    plan.load(LOOP, "requests")
    answer = plan.measure(size=30, inner=2)
    assert answer["kind"] == "measured", answer
    latency = answer["whole"]["candidate"]["latency_us"]
    assert 0 < latency[0] <= latency[1] <= latency[2]
    assert answer["pairs"][0]["candidate"]["cpu_ns"] > 0
    few = plan.measure(size=2, orders=["ab"])
    assert few["whole"]["candidate"]["latency_us"] is None, "too few for percentiles"


def test_answers_of_services_are_compared_where_there_is_no_check(timed: Callable[..., Timed]) -> None:
    plain = LOOP.partition("    def fill")[0] + "    def requests(rng, size): return [Request('GET', '/')]\n"
    plan = timed(SERVER, SERVER)
    plan.load(plain, "requests")
    assert plan.measure()["kind"] == "measured"
    plan = timed(SERVER.replace("SHIFT = 0", "SHIFT = 1"), SERVER)
    plan.load(plain, "requests")
    answer = plan.measure()
    assert (answer["side"], answer["outcome"]) == ("candidate", "failed")
    assert "answered something else" in answer["message"]


def test_a_timed_worker_is_an_interpreter_of_its_own(open_sandbox: OpenSandbox) -> None:
    source = """
        import os, sys
        state = []
        def look(): state.append(1); return len(state), os.getpid(), os.environ["PYTHONHASHSEED"], os.getcwd()
        def modules(): return sorted(sys.modules)
        def wait():
            import time
            time.sleep(600)
    """
    with open_sandbox({"m.py": source}).scenario() as solution:
        worker = solution.timed_worker(4)
        worker.load([(), ()])
        cpu_ns, wall_ns = worker.go("m:look")
        assert cpu_ns > 0 and wall_ns > 0
        first, second = worker.fetch()
        assert [first[0], second[0]] == [1, 2] and first[1] == second[1] != os.getpid()
        assert first[2:] == ("4", solution.work_dir)
        assert worker.fetch() == [], "results are handed over once"
        worker.load([()])
        worker.go("m:modules")
        assert not {"pytest", "takehome_pytest"} & set(worker.fetch()[0])
        other = solution.timed_worker(4)
        other.load([()])
        other.go("m:look")
        assert other.fetch()[0][0] == 1, "a fresh process has no state"
        with pytest.raises(CandidateTimedOut):
            solution._caller.call_timeout_s = 0.5
            other.load([()])
            other.go("m:wait")
        with pytest.raises(CandidateTimedOut):
            other.fetch()


def test_clocks_of_a_running_program_go_on(open_sandbox: OpenSandbox) -> None:
    with open_sandbox({"m.py": SPIN}).scenario() as solution:
        text = "import m, time; m.spin(0.3); print('spun', flush=True); time.sleep(600)"
        process = solution.start(["python", "-c", text])
        begun = process.clock()
        while b"spun" not in process.output()[0]:
            pass
        ended = process.clock()
        assert ended[0] >= 300_000_000
        assert ended[0] - begun[0] <= ended[1] - begun[1] + 50_000_000
        process.kill()
        process.wait(check=False)


def test_the_clock_of_who_is_gone_stands_at_nothing() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    assert clocks.process_cpu_ns(child) == 0
    assert clocks.process_cpu_ns(os.getpid()) > 0
    clocks.settle(child)


def test_a_drivers_inputs_are_made_once_for_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"timing_of_test_{next(names)}.py"
    (tmp_path / name).write_text(
        "made = []\ndef arguments(rng, size):\n    made.append(size)\n    return rng.random(),\n"
    )
    driver = Driver.load("calls", name, "m:f")
    first = driver.inputs("s", 9, 2)
    assert driver.inputs("s", 9, 2) is first
    assert driver.module.made == [9, 9]
    assert first == [(random.Random(f"s:{index}").random(),) for index in range(2)]
    assert driver.inputs("t", 9, 2) != first
