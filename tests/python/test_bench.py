"""scripts/bench.py computes what it says, and says nothing after a grading that failed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bench
import pytest
from benching import figures, meter, processes, profile, rounds, suites, ways

IDS = {"test_a.py::test_one": "sums", "test_a.py::test_two[x - y]": "words"}
RIGHT = suites.Outcome(frozenset(IDS), frozenset(IDS))


def submission(name: str, *fails: str) -> suites.Submission:
    return suites.Submission(name, Path(name), suites.Solution(name, Path(name), frozenset(fails)))


def turn(way: str, round_: int, walls: dict[str, float], elapsed_s: float = 1.0) -> figures.Turn:
    return figures.Turn(way, round_, walls, elapsed_s, len(walls), cpu_s=0.5, machine_cpu_s=0.75)


def test_a_spread_has_the_median_and_the_quartiles() -> None:
    spread = figures.Spread.of([5, 1, 4, 2, 3])
    assert (spread.median, spread.low, spread.high) == (3, 2, 4)
    assert (spread.least, spread.most, spread.count) == (1, 5, 5)
    assert figures.Spread.of([7]).text(1) == "7.0 (7.0 to 7.0)"
    with pytest.raises(ValueError, match="nothing was measured"):
        figures.Spread.of([])


def test_a_ratio_pairs_the_turns_of_a_round_over_the_same_submissions() -> None:
    cold, warm = figures.TARGETS[0], figures.TARGETS[1]
    turns = [
        turn("docker", 1, {"a": 2.0, "b": 4.0}),
        turn("docker", 2, {"a": 4.0, "b": 8.0}),
        turn("cold", 1, {"a": 1.0, "b": 2.0}),
        turn("cold", 2, {"a": 2.0, "b": 4.0}),
        turn("warm", 2, {"b": 1.0}),
    ]
    assert figures.paired(turns, cold) == [0.5, 0.5], "a machine at half its speed changes no ratio"
    assert figures.paired(turns, warm) == [0.125], "only of what both graded, only where both had a turn"


def test_what_reports_say_of_themselves_is_a_ratio_of_its_own() -> None:
    warm = figures.Turn("warm", 1, {"a": 1.0}, 1.0, 1, 0.5, 0.75, {"a": 0.5})
    turns = [warm, turn("docker", 1, {"a": 2.0})]
    ratios = [figures.paired(turns, target) for target in figures.TARGETS[1:3]]
    assert ratios == [[0.5], [0.25]]


def test_a_ratio_of_rates_counts_gradings_a_minute() -> None:
    turns = [turn("docker-2", 1, {"a": 9.0, "b": 9.0}, 4.0), turn("batch", 1, {"a": 9.0, "b": 9.0}, 1.0)]
    assert figures.paired(turns, figures.TARGETS[3]) == [4.0]
    assert turns[0].rate == 30.0


def test_targets_are_met_on_their_side() -> None:
    cold, _, _, batch, plain = figures.TARGETS
    assert cold.met(1.0) and not cold.met(1.01)
    assert batch.met(3.0) and not batch.met(2.99)
    assert plain.met(99.0), "no target, nothing to miss"


def test_tables_have_a_row_for_each_way_and_say_whether_a_target_is_met() -> None:
    turns = [turn("docker", 1, {"a": 2.0}), turn("cold", 1, {"a": 3.0})]
    rows = figures.rows(turns, ["cold", "docker", "batch"], {"cold": 3 << 20})
    assert [row.way for row in rows] == ["cold", "docker"]
    lines = figures.table(rows, ways.NAMES)
    assert len({len(line) for line in lines}) == 1, "columns stand below each other"
    assert "3.00 (3.00 to 3.00)" in lines[2] and lines[2].rstrip(" |").endswith(" 3")
    (line,) = figures.ratio_table(turns)[2:]
    assert "at most 1.0" in line and "1.50 (1.50 to 1.50)" in line and line.endswith("no |")
    kept = json.loads(json.dumps(figures.as_json(turns, rows)))
    assert kept["turns"][0]["walls"] == {"a": 2.0} and kept["ratios"][0]["rounds"] == [1.5]


def test_tables_replace_what_is_between_their_marks() -> None:
    page = "a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nb\n"
    assert figures.replaced(page, "bench", ["new"]) == page.replace("old", "new")
    with pytest.raises(ValueError, match="profile:begin"):
        figures.replaced(page, "profile", ["new"])


def test_the_page_has_room_for_both_tables() -> None:
    page = bench.PAGE.read_text(encoding="utf-8")
    for marker in ("bench", "profile"):
        figures.replaced(page, marker, [])


# What is right and what is not.


def test_a_plain_runs_summary_is_read_by_the_sealed_names() -> None:
    said = "..\nPASSED test_a.py::test_one\nFAILED test_a.py::test_two[x - y] - assert 1 == 2 - 3\n2 done\n"
    outcome = suites.of_pytest(1, said, IDS)
    assert outcome.passed == {"test_a.py::test_one"} and outcome.seen == IDS.keys()
    assert outcome.problem is None
    assert suites.of_pytest(3, "INTERNALERROR", IDS).problem == "exit 3: INTERNALERROR"
    torn_down_badly = "PASSED test_a.py::test_one\nERROR test_a.py::test_one - boom\n"
    assert not suites.of_pytest(1, torn_down_badly, IDS).passed


def test_a_report_without_a_score_or_with_an_odd_one_is_a_problem() -> None:
    tests = [{"id": name, "outcome": "passed"} for name in IDS]
    graded = {"verdict": "graded", "score": 100.0, "fault": None, "tests": tests}
    assert suites.of_report(graded) == RIGHT
    assert "the score is 50.0" in str(suites.of_report({**graded, "score": 50.0}).problem)
    fault = {"verdict": "infra_fault", "score": None, "fault": {"message": "no engine"}, "tests": []}
    assert suites.of_report(fault).problem == "infra_fault: no engine"


@pytest.mark.parametrize(
    ("outcomes", "complaint"),
    [
        ({}, "a: no result"),
        ({"a": suites.Outcome(frozenset(), frozenset(), "exit 4")}, "a: exit 4"),
        ({"a": suites.Outcome(frozenset(IDS), frozenset(["test_a.py::test_one"]))}, "other tests ran"),
        (
            {"a": suites.Outcome(frozenset(IDS), frozenset([*IDS, "test_b.py::test_new"]))},
            "test_b.py::test_new",
        ),
        (
            {"a": suites.Outcome(frozenset(["test_a.py::test_one"]), frozenset(IDS))},
            "lost tests of ['words']",
        ),
    ],
)
def test_a_grading_that_is_not_what_it_should_be_is_a_complaint(
    outcomes: dict[str, suites.Outcome], complaint: str
) -> None:
    assert suites.complaints(IDS, [submission("a")], {"a": RIGHT}) == []
    (found,) = suites.complaints(IDS, [submission("a")], outcomes)
    assert complaint in found


def test_a_wrong_solution_has_to_lose_its_groups() -> None:
    wrong = [submission("w", "words")]
    lost = suites.Outcome(frozenset(["test_a.py::test_one"]), frozenset(IDS))
    assert suites.complaints(IDS, wrong, {"w": lost}) == []
    assert "and not of ['words']" in suites.complaints(IDS, wrong, {"w": RIGHT})[0]


@pytest.mark.parametrize("name", suites.SUITES)
def test_each_suite_is_there_with_its_solutions(name: str, tmp_path: Path) -> None:
    suite = suites.SUITES[name]()
    groups = set(suite.sealed().values())
    assert all(solution.fails <= groups for solution in suite.solutions)
    assert suite.image in ("core", "data", "web") and suite.call_timeout_s > 0
    made = suites.make(suite, tmp_path, 2, 100)
    assert len({one.name for one in made}) == 2 * len(suite.solutions)
    assert sorted(one.name for one in made) == [one.name for one in made]
    texts = [b"".join(file.read_bytes() for file in sorted(one.folder.rglob("*.py"))) for one in made]
    assert len(set(texts)) == len(made), "each has bytes of its own"
    assert not list(tmp_path.rglob("expected.toml"))


def test_durations_are_read_as_manifests_write_them() -> None:
    assert [suites.seconds(text) for text in ("40s", "1m 30s", "250ms", "2.5s")] == [40, 90, 0.25, 2.5]
    with pytest.raises(ValueError, match="not a duration"):
        suites.seconds("soon")


# Rounds.


class Still:
    """Accounts in which every turn uses a second of the containers and two of the machine."""

    def __init__(self) -> None:
        self.asked = 0

    def containers_cpu_s(self) -> float:
        self.asked += 1
        return float(self.asked)

    def machine_cpu_s(self) -> float:
        return 2.0 * self.asked


def plan(grade: Callable[[str], ways.Graded], rounds_: int = 3) -> rounds.Plan:
    names = list(ways.NAMES)
    all_ways = {name: lambda name=name: grade(name) for name in names}
    return rounds.Plan("tiny", IDS, [submission("a")], [submission("w")], all_ways, rounds_, seed=1)


def graded(outcome: suites.Outcome = RIGHT, **more: suites.Outcome) -> ways.Graded:
    return ways.Graded({"a": 0.5, **dict.fromkeys(more, 9.0)}, {"a": outcome, **more}, 0.25, 1 + len(more))


def test_each_way_has_one_turn_in_every_round_and_the_order_is_drawn() -> None:
    order: list[str] = []

    def grade(way: str) -> ways.Graded:
        order.append(way)
        return graded()

    turns = rounds.measure(plan(grade), Still(), settle_s=0)
    per_round = [order[at : at + len(ways.NAMES)] for at in range(0, len(order), len(ways.NAMES))]
    assert [sorted(one) for one in per_round] == [sorted(ways.NAMES)] * 3
    assert len({tuple(one) for one in per_round}) > 1
    assert [one.round for one in turns] == [1] * 6 + [2] * 6 + [3] * 6
    assert (turns[0].cpu_s, turns[0].machine_cpu_s, turns[0].gradings) == (1.25, 2.0, 1)
    order.clear()
    rounds.measure(plan(grade), Still(), settle_s=0)
    assert order == [way for one in per_round for way in one], "the same seed draws the same order"


def test_what_warms_a_batch_up_is_checked_and_not_timed() -> None:
    (first, *_) = rounds.measure(plan(lambda _: graded(w=RIGHT), 1), Still(), settle_s=0)
    assert first.walls == {"a": 0.5} and first.gradings == 2
    with pytest.raises(suites.Unfit, match="w: exit 4"):
        bad = suites.Outcome(frozenset(), frozenset(), "exit 4")
        rounds.measure(plan(lambda _: graded(w=bad), 1), Still(), settle_s=0)


def test_a_grading_without_a_time_ends_it() -> None:
    untimed = ways.Graded({}, {"a": RIGHT}, 0.25, 1)
    with pytest.raises(suites.Unfit, match="a: not timed"):
        rounds.measure(plan(lambda _: untimed, 1), Still(), settle_s=0)


def run_main(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, grade: Callable[[str], ways.Graded]) -> int:
    """bench.py on a machine where only grading happens, and `grade` is what comes of it."""

    class Bench(bench.Bench):
        def __init__(self, *_: Any) -> None:
            self.suite = suites.SUITES["target"]()
            self.submissions, self.rounds, self.python = [submission("a")], 2, "3.13.0"
            self.accounts = Still()  # type: ignore[assignment]

        def run(self) -> tuple[list[str], dict]:
            turns = rounds.measure(plan(grade, 2), Still(), settle_s=0)
            rows = figures.rows(turns, ways.NAMES, {})
            return [*figures.table(rows, ways.NAMES), *figures.ratio_table(turns)], figures.as_json(
                turns, rows
            )

    program = tmp_path / "release/takehome"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho takehome 1.2.3\n")
    program.chmod(0o755)
    page = tmp_path / "speed.md"
    page.write_text("<!-- bench:begin -->\nformer\n<!-- bench:end -->\n")
    for name, value in {
        "Bench": Bench,
        "PAGE": page,
        "engine": lambda: {"ServerVersion": "29"},
        "idle_cores": lambda: 0.0,
        "leftovers": list,
        "running": list,
    }.items():
        monkeypatch.setattr(bench, name, value)
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    words = ["bench.py", "--suite", "target", "--write", "--json", str(tmp_path / "out.json")]
    monkeypatch.setattr(sys, "argv", [*words, "--takehome", str(program)])
    return bench.main()


def test_figures_are_printed_and_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, tmp_path, lambda _: graded()) == 0
    said = capsys.readouterr().out
    assert "`docker run --rm IMAGE pytest`" in said and "1.2.3, release build" in said
    page = (tmp_path / "speed.md").read_text()
    assert "gradings a minute" in page and "former" not in page
    assert str(tmp_path) not in page, "no folder of this machine"
    assert len(json.loads((tmp_path / "out.json").read_text())["suites"]["target"]["turns"]) == 12


@pytest.mark.parametrize("way", ways.NAMES)
def test_no_figure_is_printed_when_one_grading_failed(
    way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = []

    def grade(each: str) -> ways.Graded:
        turns.append(each)
        # Once, in the second round.
        failed = each == way and turns.count(way) == 2
        return graded(suites.Outcome(frozenset(), frozenset(IDS))) if failed else graded()

    assert run_main(monkeypatch, tmp_path, grade) == 1
    said = capsys.readouterr()
    assert said.out == "" and "no figure is printed" in said.err and f"tiny, {way}: a: lost" in said.err
    assert "former" in (tmp_path / "speed.md").read_text()
    assert not (tmp_path / "out.json").exists()


# Accounts.


def test_a_process_costs_its_own_time_and_that_of_its_children(tmp_path: Path) -> None:
    burn = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}]); print('out')"
    done = processes.run([sys.executable, "-c", parent])
    assert done.cpu_s >= 0.2 and done.code == 0 and done.out == "out\n"
    lines: list[str] = []
    said = processes.run([sys.executable, "-c", "import sys; sys.exit('why')"], on_line=lines.append)
    assert (said.code, said.err, lines) == (1, "why\n", ["why\n"])
    assert processes.run(["sleep", "60"], timeout_s=0.05).code == -9
    done_by_name = processes.run_all({"a": lambda: done, "b": lambda: said}, 2)
    assert done_by_name == {"a": done, "b": said}


def test_busy_time_is_what_was_not_idle_waiting_or_stolen() -> None:
    stat = "cpu  100 10 50 9000 300 7 3 40 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n"
    assert meter.machine_busy_s(stat) * meter.TICKS_A_SECOND == 170
    assert meter.stolen_s(stat) * meter.TICKS_A_SECOND == 40


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("mount", ["cpuacct", "cpu,cpuacct"])
def test_the_group_around_containers_is_found_in_version_1(tmp_path: Path, mount: str) -> None:
    put(tmp_path / mount / "docker/cpuacct.usage", "2500000000\n")
    put(tmp_path / "memory/docker/memory.stat", "cache 1\ntotal_rss 4096\n")
    member = "11:memory:/docker/4bc2\n5:cpu,cpuacct:/docker/4bc2\n0::/docker/4bc2\n"
    found = meter.Containers.around(member, "4bc2", tmp_path)
    assert found is not None
    assert (found.version, found.cpu_s(), found.anon_bytes()) == (1, 2.5, 4096)


def test_the_group_around_containers_is_found_in_version_2_or_not_at_all(tmp_path: Path) -> None:
    put(tmp_path / "system.slice/cpu.stat", "usage_usec 1500000\nuser_usec 1\n")
    put(tmp_path / "system.slice/memory.stat", "anon 8192\nfile 1\n")
    found = meter.Containers.around("0::/system.slice/docker-4bc2.scope\n", "4bc2", tmp_path)
    assert found is not None
    assert (found.version, found.cpu_s(), found.anon_bytes()) == (2, 1.5, 8192)
    assert meter.Containers.around("0::/user.slice\n", "4bc2", tmp_path) is None


def test_the_peak_of_a_childs_memory_is_seen() -> None:
    hold = "import time; held = bytearray(64 << 20); time.sleep(0.6)"
    with meter.PeakMemory(lambda: 0) as memory:
        processes.run([sys.executable, "-c", hold])
    assert 64 << 20 <= memory.bytes < 128 << 20


# Profiles.

SAID = """\
progress
step      10.0 ms       +5.0 ms  connect to the engine
step      20.0 ms      +30.0 ms  grade > open a pair > start the judge
step      20.0 ms      +40.0 ms  grade > open a pair
step      60.0 ms       +4.0 ms  grade > run a unit
step      64.0 ms       +6.0 ms  grade > run a unit
step      15.0 ms      +85.0 ms  grade
step     105.0 ms       +8.0 ms  grade > open a pair
step     101.0 ms      +20.0 ms  grade
"""


def test_steps_of_the_same_name_are_added_up() -> None:
    found = profile.by_path(profile.steps(SAID)[:6])
    assert found[("grade", "run a unit")] == profile.Share(2, 60.0, 10.0)
    lines = profile.table(profile.typical([found, found]), "whole", 123.4)
    names = [line.split("|")[1].strip() for line in lines[2:]]
    expected = ["connect to the engine", "grade", "· open a pair", "· · start the judge", "· run a unit"]
    assert names == [*expected, "whole"] and "123" in lines[-1]


def test_the_gradings_of_a_batch_have_their_own_clocks() -> None:
    first, second = profile.gradings(profile.steps(SAID), 0)
    assert len(first) == 5 and len(second) == 2
    assert profile.by_path(second)[("grade", "open a pair")] == profile.Share(1, 4.0, 8.0)
    assert profile.gradings(profile.steps(SAID), 1) == [second]
