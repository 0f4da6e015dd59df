"""The judge as the host sees it: frames in, frames out, and no way to look better than one is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from judge_process import Judge, outcomes
from takehome_wire.frames import encode_frame


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Judge]:
    judge = Judge(tmp_path)
    yield judge
    judge.close()


def test_a_suite_is_collected_with_groups_caps_and_units(judge: Judge) -> None:
    collected = judge.collect(
        {
            "test_a.py": """
                import pytest
                pytestmark = pytest.mark.group("g")
                @pytest.fixture(scope="module")
                def base(): return 1
                @pytest.fixture(scope="module")
                def other(): return 1
                @pytest.fixture
                def via(base): return base
                def test_1(via): pass
                def test_2(): pass
                def test_3(base): pass
                @pytest.mark.critical(cap=60)
                @pytest.mark.parametrize("n", [1, 2])
                def test_4(other, n): pass
                @pytest.mark.group("h")
                def test_5(): pass
                class TestX:
                    @pytest.fixture(scope="class", autouse=True)
                    def shared(self): pass
                    def test_6(self): pass
                    def test_7(self): pass
                class TestY:
                    def test_8(self): pass
                    def test_9(self): pass
            """,
            "test_b.py": """
                def setup_module(): pass
                def test_1(sandbox): pass
                def test_2(seed): pass
            """,
            "helper.py": "",
        }
    )
    assert collected["type"] == "collected"
    units = {test["id"]: test["unit"] for test in collected["tests"]}
    a, b = "test_a.py", "test_b.py"
    assert units == {
        f"{a}::test_1": f"{a}#1",
        f"{a}::test_2": f"{a}#2",
        f"{a}::test_3": f"{a}#1",
        f"{a}::test_4[1]": f"{a}#3",
        f"{a}::test_4[2]": f"{a}#3",
        f"{a}::test_5": f"{a}#4",
        f"{a}::TestX::test_6": f"{a}#5",
        f"{a}::TestX::test_7": f"{a}#5",
        f"{a}::TestY::test_8": f"{a}#6",
        f"{a}::TestY::test_9": f"{a}#7",
        f"{b}::test_1": f"{b}#1",
        f"{b}::test_2": f"{b}#1",
    }
    groups = {test["id"]: test["group"] for test in collected["tests"]}
    assert groups[f"{a}::test_1"] == "g"
    assert groups[f"{a}::test_5"] is None
    assert groups[f"{b}::test_1"] is None
    assert {test["critical"] for test in collected["tests"]} == {None, 60}


@pytest.mark.parametrize(
    ("suite", "words"),
    [
        ({"test_x.py": "def test_a(:"}, "test_x.py"),
        ({"test_x.py": "import nothing_like_it"}, "nothing_like_it"),
        ({"test_x.py": "", "conftest.py": "1/0"}, "ZeroDivisionError"),
        ({"test_x.py": "import pytest\n@pytest.mark.grup('x')\ndef test_a(): pass"}, "grup"),
        ({"test_x.py": "import pytest\n@pytest.mark.critical\ndef test_a(): pass"}, "cap"),
        ({"test_x.py": "def test_a(nosuch, tmp_path): pass"}, "nosuch"),
        ({"test_x.py": "import os\nos._exit(0)"}, None),
    ],
    ids=["syntax", "import", "conftest", "marker", "cap", "fixture", "exit"],
)
def test_a_suite_that_does_not_collect_is_broken(
    judge: Judge, suite: dict[str, str], words: str | None
) -> None:
    if words is None:
        with pytest.raises(
            AssertionError
        ):  # the judge is gone, which the host takes for the author's fault too
            judge.collect(suite)
        return
    answer = judge.collect(suite)
    assert answer["type"] == "broken"
    assert words in answer["message"]


def test_an_empty_suite_is_collected_as_such(judge: Judge) -> None:
    assert judge.collect({"readme.txt": ""}) == {"type": "collected", "tests": []}


OUTCOMES = """
    import pytest
    from takehome_pytest import CandidateCrashed
    def test_passes(solution): assert solution.call("m:f", 1) == 2
    def test_fails(solution): assert solution.call("m:f", 1) == 3, "two is not three"
    def test_crashes(solution): solution.call("m:die")
    def test_hangs(solution): solution.call("m:hang", timeout=0.2)
    def test_hangs_broadly(solution):
        try: solution.call("m:hang", timeout=0.2)
        except Exception: pass
    def test_skips(): pytest.skip("later")
    @pytest.mark.skip(reason="later")
    def test_skipped(): pass
    @pytest.mark.xfail
    def test_xfails(): assert False
    @pytest.mark.xfail
    def test_xpasses(): pass
    def test_candidate_skips(solution): solution.call("m:skip")
    def test_candidate_exits(solution): solution.call("m:raise_it", "SystemExit")
    def test_candidate_interrupts(solution): solution.call("m:raise_it", "KeyboardInterrupt")
    def test_ends_the_session(): pytest.exit("bye")
    def test_interrupts(): raise KeyboardInterrupt
    @pytest.fixture
    def bad(): raise ValueError("in the fixture")
    def test_setup_fails(bad): pass
    @pytest.fixture
    def late():
        yield
        raise ValueError("in teardown")
    def test_teardown_fails(late): pass
    def test_still_works(solution): assert solution.call("m:f", 2) == 3
"""


def test_outcomes_and_messages(judge: Judge) -> None:
    collected = judge.collect({"test_x.py": OUTCOMES})
    judge.connect()
    results = {}
    for test in collected["tests"]:
        found, done = judge.run(test["id"])
        assert done["candidate_ok"] is True
        results.update(found)
    assert outcomes(results) == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_crashes": "crashed",
        "test_hangs": "timed_out",
        "test_hangs_broadly": "timed_out",
        "test_skips": "not_run",
        "test_skipped": "not_run",
        "test_xfails": "failed",
        "test_xpasses": "failed",
        "test_candidate_skips": "failed",
        "test_candidate_exits": "failed",
        "test_candidate_interrupts": "failed",
        "test_ends_the_session": "failed",
        "test_interrupts": "failed",
        "test_setup_fails": "failed",
        "test_teardown_fails": "failed",
        "test_still_works": "passed",
    }
    messages = {name.partition("::")[2]: message for name, (_, message) in results.items()}
    assert messages["test_passes"] == ""
    assert messages["test_fails"].startswith("two is not three")
    assert "exit code 3" in messages["test_crashes"]
    assert "last words" in messages["test_crashes"]
    assert messages["test_skips"] == "Skipped: later"
    assert "in setup: ValueError: in the fixture" in messages["test_setup_fails"]
    assert "in teardown" in messages["test_teardown_fails"]
    judge.end()
    judge.send(type="end")
    assert judge.process.wait(10) == 0


def test_a_unit_shares_its_fixtures_and_the_next_one_does_not(judge: Judge) -> None:
    collected = judge.collect(
        {
            "test_x.py": """
                import pytest
                events = []
                @pytest.fixture(scope="session")
                def whole():
                    events.append("session")
                    yield
                @pytest.fixture(scope="module")
                def run(sandbox, whole):
                    events.append("up")
                    with sandbox.scenario() as solution:
                        value = solution.call("m:f", 1)
                    yield value
                    events.append("down")
                def test_a(run): assert events == ["session", "up"]
                def test_b(run): assert events == ["session", "up"]
                def test_c(): assert events == ["session", "up", "down"], events
            """
        }
    )
    assert len(collected["tests"]) == 3
    judge.connect()
    assert set(outcomes(judge.run("test_x.py::test_b", "test_x.py::test_a")[0]).values()) == {"passed"}
    assert outcomes(judge.run("test_x.py::test_c")[0]) == {"test_c": "passed"}


def test_a_fault_in_a_shared_fixture_is_every_tests_outcome(judge: Judge) -> None:
    judge.collect(
        {
            "test_x.py": """
                import pytest
                @pytest.fixture(scope="module")
                def run(sandbox):
                    with sandbox.scenario() as solution:
                        return solution.call("m:hang", timeout=0.3)
                def test_a(run): pass
                def test_b(run): pass
            """
        }
    )
    judge.connect()
    assert outcomes(judge.run("test_x.py::test_a", "test_x.py::test_b")[0]) == {
        "test_a": "timed_out",
        "test_b": "timed_out",
    }


def test_a_lost_agent_costs_the_rest_of_the_unit_and_no_other(judge: Judge) -> None:
    judge.collect(
        {
            "test_x.py": """
                import pytest
                @pytest.fixture(scope="module")
                def shared():
                    yield
                def test_a(shared, solution): assert solution.call("m:f", 1) == 2
                def test_b(shared, solution): solution.call("m:parent", timeout=5)
                def test_c(shared): pass
                def test_d(shared, solution): pass
                def test_e(solution): assert solution.call("m:f", 1) == 2
            """
        }
    )
    judge.connect()
    results, done = judge.run(*[f"test_x.py::test_{x}" for x in "abcd"])
    assert outcomes(results) == {
        "test_a": "passed",
        "test_b": "crashed",
        "test_c": "crashed",
        "test_d": "crashed",
    }
    assert done["candidate_ok"] is False
    assert [note["kind"] for note in done["notes"]] == ["unexpected_exit"]
    judge.connect()
    results, done = judge.run("test_x.py::test_e")
    assert outcomes(results) == {"test_e": "passed"}
    assert done["candidate_ok"] is True
    assert done["usage"]["cpu_ms"] > 0


def test_without_a_candidate_every_test_has_crashed(judge: Judge) -> None:
    judge.collect({"test_x.py": "def test_a(): pass"})
    results, done = judge.run("test_x.py::test_a")
    assert outcomes(results) == {"test_a": "crashed"}
    assert done["candidate_ok"] is False


def test_a_candidate_that_cannot_be_reached_is_lost(judge: Judge) -> None:
    judge.collect({"test_x.py": "def test_a(): pass"})
    judge.send(type="candidate", port=1, token="t")
    assert judge.receive()["type"] == "candidate_lost"


def test_notes_tell_of_daemons(judge: Judge) -> None:
    judge.collect({"test_x.py": "def test_a(solution): solution.call('m:daemon')"})
    judge.connect()
    results, done = judge.run("test_x.py::test_a")
    assert outcomes(results) == {"test_a": "passed"}
    assert [note["kind"] for note in done["notes"]] == ["leftover_processes"]


def test_the_probe_is_answered(judge: Judge) -> None:
    judge.collect({"test_x.py": "def test_a(): pass"}, probe=("m", "nowhere"))
    judge.connect()
    judge.send(type="probe")
    answer = judge.receive()
    assert (answer["type"], answer["ok"], answer["reason"]) == ("probed", False, "import_error")
    assert "nowhere" in answer["message"]


def test_an_unknown_test_is_a_broken_suite(judge: Judge) -> None:
    judge.collect({"test_x.py": "def test_a(): pass"})
    judge.send(type="run", ids=["test_x.py::test_z"])
    assert judge.receive()["type"] == "broken"


def test_a_scenario_kept_open_by_a_session_fixture_is_a_broken_suite(judge: Judge) -> None:
    judge.collect(
        {
            "test_x.py": """
                import pytest
                @pytest.fixture(scope="session")
                def kept(sandbox):
                    with sandbox.scenario() as solution:
                        yield solution
                def test_a(kept): pass
            """
        }
    )
    judge.connect()
    judge.send(type="run", ids=["test_x.py::test_a"])
    kinds = [judge.receive()["type"] for _ in range(3)]
    assert kinds == ["started", "finished", "broken"]


def test_what_tests_print_never_reaches_the_host(judge: Judge) -> None:
    judge.collect(
        {
            "test_x.py": """
                import os, sys
                print("collecting")
                def test_a():
                    print("x" * 100_000)
                    os.write(1, b"\\xff" * 1000)
                    os.system("echo from a child")
                    assert sys.stdin.read() == ""
            """
        }
    )
    judge.connect()
    assert outcomes(judge.run("test_x.py::test_a")[0]) == {"test_a": "passed"}


def test_messages_are_short_plain_text(judge: Judge) -> None:
    judge.collect(
        {
            "test_x.py": """
                def test_a():
                    raise ValueError("\\x1b[31mred\\x1b[0m \\u202e\\ud800 \\0 tab\\there " + "x" * 10_000)
                def test_b(): assert "a" * 3_000_000 == "a" * 2_999_999 + "b"
                def test_c(): assert list(range(200_000)) == list(range(200_001))
                def test_d(): assert 10 ** 5000 == 1
                def test_e(solution):
                    done = solution.run(["python", "-c", "import sys; sys.exit('why it failed')"])
                    assert done.exit_code == 0
            """
        }
    )
    judge.connect()
    results = {}
    for letter in "abcde":
        results.update(judge.run(f"test_x.py::test_{letter}")[0])
    messages = [message for _, message in results.values()]
    assert {outcome for outcome, _ in results.values()} == {"failed"}
    assert all(0 < len(message) <= 2000 for message in messages)
    assert messages[0].startswith("ValueError: [31mred[0m   tab here xxx")
    assert "first difference at 2999999" in messages[1]
    assert "lengths 200000 and 200001" in messages[2]
    assert "why it failed" in messages[4]


@pytest.mark.parametrize("first", [b"", b"\xff\xff\xff\xff", encode_frame({"type": "run", "ids": []})])
def test_a_host_that_makes_no_sense_ends_the_judge(judge: Judge, first: bytes) -> None:
    assert judge.process.stdin is not None
    judge.process.stdin.write(first)
    judge.process.stdin.close()
    assert judge.process.wait(10) == 2


LEAKY = {
    "test_leak.py": """
        import pytest
        pytestmark = pytest.mark.group("g")

        def test_argument(solution):
            with open(__file__) as own:
                solution.call("m:f", own.read())

        def test_file(solution):
            with open(__file__, "rb") as own:
                solution.put("loot", own.read())

        def test_input(solution):
            with open(__file__, "rb") as own:
                solution.run(["cat"], stdin=own.read())

        def test_reply(solution, make_origin):
            with open(__file__, "rb") as own:
                data = own.read()
            with make_origin(lambda exchange: exchange.reply(200, data)) as origin:
                code = f"import urllib.request as r; print(len(r.urlopen({origin.url!r}).read()))"
                done = solution.run(["python", "-c", code])
            assert done.exit_code != 0

        def test_echo(solution):
            mark = open(__file__, "rb").read().split()[-1]
            half = len(mark) // 2
            code = f"print({mark[:half].decode()!r} + {mark[half:].decode()!r})"
            solution.run(["python", "-c", code])

        def test_honest(solution):
            assert solution.call("m:f", 1) == 2
    """
}


@pytest.mark.parametrize("name", ["argument", "file", "input", "reply"])
def test_hidden_bytes_do_not_leave_for_the_candidate(judge: Judge, name: str) -> None:
    judge.collect(LEAKY)
    judge.connect()
    _, done = judge.run(f"test_leak.py::test_{name}")
    assert [note["kind"] for note in done["notes"]].count("hidden_leak") == 1
    _, done = judge.run("test_leak.py::test_honest")
    assert done["notes"] == [], "notes are told once"


def test_hidden_bytes_that_the_candidate_sends_are_noticed(judge: Judge) -> None:
    judge.collect(LEAKY)
    judge.connect()
    results, done = judge.run("test_leak.py::test_echo")
    assert results["test_leak.py::test_echo"][0] == "passed"
    assert [note["kind"] for note in done["notes"]] == ["canary_seen"]
