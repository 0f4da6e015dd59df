#!/usr/bin/env python3
"""Kill a batch of gradings with SIGKILL at random moments until it is done; compare with an undisturbed run.

    scripts/kills.py [--count 50] [--kills 25] [--longest 4] [--seed 1] [--takehome PATH]

Each submission is a right or a wrong solution of the challenge `target` with bytes of its own. What has to
hold: each has exactly one final result, the same as in the undisturbed run; the store is sound; and no
container is left. The same seed draws the same moments.
"""

import argparse
import contextlib
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHALLENGES = ROOT / "tests/fixtures/challenges"
SOLUTIONS = ("right", "base")
SHORTEST_S = 0.05
LOOK_S = 0.02
PATIENCE_S = 3600


def inbox(folder: Path, count: int) -> None:
    """Right and wrong solutions in turn."""
    for number in range(count):
        target = folder / f"c{number:03}"
        source = ROOT / "tests/hostile" / SOLUTIONS[number % len(SOLUTIONS)]
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        with (target / "work.py").open("a") as work:
            work.write(f"\n# {number}\n")


def command(takehome: Path, home: Path, *args: object) -> list[str]:
    words = [takehome, "--challenges", CHALLENGES, "--home", home, *args]
    return [str(word) for word in words]


def has_batch(home: Path) -> bool:
    database = home / "store/takehome.db"
    if not database.exists():
        return False
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM batches").fetchone()[0] > 0
        except sqlite3.OperationalError:
            # Killed before the tables were made.
            return False


def disturbed(args: argparse.Namespace, home: Path, fresh: list[object]) -> tuple[int, list[dict]]:
    """Kills it up to `--kills` times, then lets it end; how often it was killed, and the reports."""
    draw = random.Random(args.seed)
    kills = 0
    while True:
        words = ["grade", "--resume"] if has_batch(home) else fresh
        run = command(args.takehome, home, *words, "--format", "json", "--quiet")
        begun, before = time.monotonic(), finished(home)
        # A moment while it starts, or one soon after a few results, however fast the machine is.
        patience, results = (PATIENCE_S, args.count + 1)
        if kills < args.kills:
            patience = draw.uniform(SHORTEST_S, args.longest)
            if kills % 2:
                patience, results = PATIENCE_S, draw.randint(1, 3)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(run, stdout=out, stderr=errors)
            while process.poll() is None:
                if time.monotonic() - begun > patience or finished(home) - before >= results:
                    time.sleep(draw.uniform(0, SHORTEST_S))
                    process.kill()
                    process.wait()
                    kills += 1
                    lived = time.monotonic() - begun
                    print(f"kill {kills} after {lived:.2f} s: {finished(home)} finished", flush=True)
                    break
                time.sleep(LOOK_S)
            else:
                if process.returncode not in (0, 1, 3):
                    errors.seek(0)
                    raise SystemExit(f"exit {process.returncode}\n{errors.read().decode()[-2000:]}")
                out.seek(0)
                return kills, json.load(out)


def finished(home: Path) -> int:
    if not has_batch(home):
        return 0
    database = home / "store/takehome.db"
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT count(*) FROM gradings WHERE state = 'done'").fetchone()[0]


def undisturbed(takehome: Path, home: Path, fresh: list[object]) -> list[dict]:
    run = command(takehome, home, *fresh, "--format", "json", "--quiet")
    done = subprocess.run(run, capture_output=True, timeout=PATIENCE_S, check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"exit {done.returncode}\n{done.stderr.decode()[-2000:]}")
    return json.loads(done.stdout)


def results(reports: list[dict]) -> dict[str, object]:
    """What each report says, without what differs from run to run."""
    return {
        report["submission"]: (
            report["verdict"],
            report["score"],
            (report["fault"] or {}).get("code"),
            report["provenance"]["seed"],
            {test["id"]: test["outcome"] for test in report["tests"]},
        )
        for report in reports
    }


def complaints(args: argparse.Namespace, home: Path) -> list[str]:
    """What is wrong with the store after it all."""
    found = []
    with contextlib.closing(sqlite3.connect(f"file:{home}/store/takehome.db?mode=ro", uri=True)) as db:
        counts = db.execute(
            "SELECT c.name, sum(g.state = 'done'), count(*), (SELECT count(*) FROM audit a JOIN gradings h "
            "ON h.id = a.grading_id WHERE a.action = 'finished' AND h.submission_id = s.id) "
            "FROM submissions s JOIN candidates c ON c.id = s.candidate_id "
            "JOIN gradings g ON g.submission_id = s.id GROUP BY s.id"
        ).fetchall()
        taken_over = db.execute("SELECT sum(lost) FROM gradings").fetchone()[0]
    for name, done, gradings, told in counts:
        if (done, gradings, told) != (1, 1, 1):
            found.append(f"{name}: {gradings} gradings, {done} final results, {told} in the trail")
    if len(counts) != args.count:
        found.append(f"{len(counts)} submissions instead of {args.count}")
    print(f"{len(counts)} submissions, {taken_over} leases of killed processes were taken over")
    check = subprocess.run(
        command(args.takehome, home, "db", "check"), capture_output=True, text=True, check=False
    )
    print(check.stdout, end="")
    if check.returncode != 0:
        found.append("the store is not sound")
    return found


def leftovers() -> list[str]:
    """Containers whose owner has ended; those of another takehome that runs are its own business."""
    shown = '{{.ID}} {{.Label "takehome.owner"}}'
    listing = ["docker", "ps", "--all", "--filter", "label=takehome.run", "--format", shown]
    lines = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.splitlines()
    owners = [line.split() for line in lines]
    ended = [words[0] for words in owners if len(words) != 6 or not Path("/proc", words[4]).exists()]
    # The engine may list what it has removed.
    there = [["docker", "inspect", container] for container in ended]
    return [words[2] for words in there if subprocess.run(words, capture_output=True).returncode == 0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--kills", type=int, default=25, help="no more than this")
    parser.add_argument("--longest", type=float, default=4.0, help="seconds until a kill, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--takehome", type=Path, default=ROOT / "target/debug/takehome")
    args = parser.parse_args()
    args.takehome = args.takehome.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "inbox"
        inbox(folder, args.count)
        fresh = ["grade", folder, "--inbox", "--challenge", "target"]
        begun = time.monotonic()
        expected = results(undisturbed(args.takehome, Path(scratch) / "undisturbed", fresh))
        print(f"undisturbed: {len(expected)} results in {time.monotonic() - begun:.0f} s", flush=True)
        home = Path(scratch) / "killed"
        begun = time.monotonic()
        kills, reports = disturbed(args, home, fresh)
        print(f"killed {kills} times (seed {args.seed}), done after {time.monotonic() - begun:.0f} s")
        found = complaints(args, home)
        got = results(reports)
        for name, result in expected.items():
            if got.get(name) != result:
                found.append(f"{name}: {got.get(name)} and not {result}")
        found += [f"container {container} is left" for container in leftovers()]
    for line in found:
        print(line)
    if not found:
        print("each has exactly one final result, equal to the undisturbed run; nothing is left")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
