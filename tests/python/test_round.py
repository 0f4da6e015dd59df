"""scripts/round.py and kills.py make what they say, and notice what is not as it should be."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from pathlib import Path

import killing
import kills
import pytest
import round as round_script


def test_the_round_is_two_hundred_samples_of_the_five_challenges() -> None:
    wanted = round_script.chosen(round_script.COUNT)
    assert len(wanted) == 200
    assert {challenge for challenge, _ in wanted} == {
        *("async-harvest", "chunked-ledger", "courier-retry", "rest-inventory", "tdd-reservations")
    }
    verdicts = Counter(
        round_script.load(round_script.CHALLENGES / challenge, name).verdict for challenge, name in wanted
    )
    assert verdicts.keys() == {"graded", "candidate_fault"} and verdicts["graded"] > 150
    assert max(Counter(round_script.chosen(1)).values()) == 1


def test_each_submission_is_an_archive_with_bytes_of_its_own_and_a_row(tmp_path: Path) -> None:
    wanted = [
        ("courier-retry", "reference"),
        ("courier-retry", "reference"),
        ("rest-inventory", "correct-stdlib"),
    ]
    made = round_script.make(tmp_path, wanted)
    assert [one.archive.name.partition(".")[2] for one in made] == ["zip", "tar.gz", "zip"]
    assert all(one.archive.is_file() for one in made) and len({one.archive.read_bytes() for one in made}) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [one.archive.name for one in made]
    round_script.write_list(tmp_path / "round.csv", made)
    rows = (tmp_path / "round.csv").read_text().splitlines()
    assert rows[0] == "candidate,archive,challenge"
    assert rows[2] == "001-courier-retry-reference,001-courier-retry-reference.tar.gz,courier-retry"


def test_moments_are_drawn_by_the_seed_and_leave_something_to_do() -> None:
    for seed in range(20):
        drawn = round_script.moments(3, 200, seed)
        assert drawn == round_script.moments(3, 200, seed)
        assert sum(moment.results for moment in drawn) <= 150
        assert all(0 <= moment.later_s <= round_script.LATER_S for moment in drawn)
    assert round_script.moments(3, 200, 1) != round_script.moments(3, 200, 2)
    assert len(kills.moments(25, 4.0, 1)) == 25


def report(**changes: object) -> dict:
    groups = [{"name": "sums", "passed": 1, "total": 2}, {"name": "words", "passed": 2, "total": 2}]
    base = {"challenge": "c", "submission": "a.zip", "verdict": "graded", "score": 50.0, "fault": None}
    tests = [{"id": "t.py::test", "outcome": "failed", "duration_ms": 3}]
    return {**base, "groups": groups, "tests": tests, "provenance": {"seed": 7}, **changes}


@pytest.mark.parametrize(
    ("verdict", "fails", "complaint"),
    [
        ("graded", {"sums"}, None),
        ("graded", None, None),
        ("graded", {"words"}, "lost ['sums'] and not ['words']"),
        ("candidate_fault", None, "graded and not candidate_fault"),
    ],
)
def test_a_result_that_its_sample_does_not_announce_is_a_complaint(
    verdict: str, fails: set[str] | None, complaint: str | None
) -> None:
    sample = round_script.Sample("s", Path(), verdict, None if fails is None else frozenset(fails))
    sent = [round_script.Sent("c", sample, Path("a.zip"))]
    found = round_script.unlike_announced(sent, [report()])
    assert found == ([] if complaint is None else [f"c/a.zip: {complaint}"])
    assert round_script.unlike_announced(sent, []) == ["c/a.zip: no result"]


def test_runs_are_compared_by_what_they_found_and_not_by_how_long_it_took() -> None:
    slower = report(tests=[{"id": "t.py::test", "outcome": "failed", "duration_ms": 9}])
    first = killing.results([report()])
    assert killing.differences(first, killing.results([slower])) == []
    for other in (report(score=51.0), report(provenance={"seed": 8}), report(verdict="infra_fault")):
        assert len(killing.differences(first, killing.results([other]))) == 1
    assert len(killing.differences(first, {})) == 1 and len(killing.differences({}, first)) == 1


def records(*gradings: tuple[str, str, int]) -> list[dict]:
    """A store in which alice's submission has gradings of this id and state, told so many times."""
    found = [
        {"type": "candidate", "id": 1, "name": "alice"},
        {"type": "submission", "id": 5, "candidate_id": 1},
    ]
    for name, state, told in gradings:
        done = {} if state == "done" else None
        found.append(
            {"type": "grading", "id": name, "submission_id": 5, "state": state, "report": done, "lost": 1}
        )
        found += [{"type": "audit", "grading_id": name, "action": "finished"}] * told
    return found


@pytest.mark.parametrize(
    ("gradings", "complaint"),
    [
        ([("g", "done", 1)], None),
        ([("g", "leased", 0)], "alice: 1 gradings, 0 results, told 0 times in the trail"),
        ([("g", "done", 2)], "alice: 1 gradings, 1 results, told 2 times in the trail"),
        ([("g", "done", 1), ("h", "done", 1)], "alice: 2 gradings, 2 results, told 2 times in the trail"),
    ],
)
def test_each_submission_needs_exactly_one_final_result(
    gradings: list[tuple[str, str, int]], complaint: str | None
) -> None:
    assert killing.not_once(records(*gradings), 1) == ([] if complaint is None else [complaint])
    assert killing.not_once(records(("g", "done", 1)), 2) == ["1 submissions instead of 2"]


# Takes a store's place: one result every twentieth of a second, eight in all.
FAKE = """\
#!{python}
import json, pathlib, sqlite3, sys, time

home = pathlib.Path(sys.argv[sys.argv.index("--home") + 1])
(home / "store").mkdir(parents=True, exist_ok=True)
with (home / "commands").open("a") as log:
    print(*sys.argv[sys.argv.index("grade"):], file=log)
db = sqlite3.connect(home / "store/takehome.db", isolation_level=None)
db.execute("CREATE TABLE IF NOT EXISTS batches (id INTEGER)")
db.execute("CREATE TABLE IF NOT EXISTS gradings (state TEXT)")
if "--resume" not in sys.argv:
    db.execute("INSERT INTO batches VALUES (1)")
while (count := db.execute("SELECT count(*) FROM gradings").fetchone()[0]) < 8:
    time.sleep(0.05)
    db.execute("INSERT INTO gradings VALUES ('done')")
print(json.dumps([dict(number=number) for number in range(count)]))
"""


def test_a_run_is_killed_at_its_moments_and_resumed_until_it_ends(tmp_path: Path) -> None:
    program = tmp_path / "takehome"
    program.write_text(textwrap.dedent(FAKE).replace("{python}", sys.executable))
    program.chmod(0o755)
    takehome = killing.Takehome(program, tmp_path, tmp_path / "home")
    moments = [killing.Moment(results=1), killing.Moment(results=2), killing.Moment(after_s=60)]
    count, reports = takehome.disturbed(["grade", "inbox"], moments, 0.005, "--jobs", 2)
    assert (count, len(reports), takehome.finished()) == (2, 8, 8)
    ran = (tmp_path / "home/commands").read_text().splitlines()
    ends = "--format json --quiet"
    assert ran == [f"grade inbox {ends}", *[f"grade --resume 1 --jobs 2 {ends}"] * 2]


def test_a_run_that_does_not_grade_all_ends_it(tmp_path: Path) -> None:
    program = tmp_path / "takehome"
    program.write_text("#!/bin/sh\necho no engine >&2\nexit 5\n")
    program.chmod(0o755)
    takehome = killing.Takehome(program, tmp_path, tmp_path / "home")
    with pytest.raises(SystemExit, match="exit 5\nno engine"):
        takehome.undisturbed(["grade", "inbox"])
    with pytest.raises(SystemExit, match="exit 5\nno engine"):
        takehome.disturbed(["grade", "inbox"], [], 0.005)
