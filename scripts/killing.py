"""Runs of takehome that are killed with SIGKILL and resumed, and what has to hold of their store."""

import collections
import contextlib
import json
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 2 * 3600
GRADED = (0, 1, 3)
"""Exit codes of a command that has graded everything."""


@dataclass(frozen=True)
class Moment:
    """When a run is killed: `later_s` after it has gone on for `after_s`, or has brought `results`."""

    after_s: float = PATIENCE_S
    results: int = 1 << 30
    later_s: float = 0.0


@dataclass(frozen=True)
class Takehome:
    """The program with a home of its own."""

    program: Path
    challenges: Path
    home: Path

    def command(self, *args: object) -> list[str]:
        words = [self.program, "--challenges", self.challenges, "--home", self.home, *args]
        return [str(word) for word in words]

    def has_batch(self) -> bool:
        return self._count("SELECT count(*) FROM batches") > 0

    def finished(self) -> int:
        """How many gradings have a result."""
        return self._count("SELECT count(*) FROM gradings WHERE state = 'done'")

    def _count(self, sql: str) -> int:
        database = self.home / "store/takehome.db"
        if not database.exists():
            return 0
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            try:
                return connection.execute(sql).fetchone()[0]
            except sqlite3.OperationalError:
                # Killed before the tables were made.
                return 0

    def undisturbed(self, fresh: list[object]) -> list[dict]:
        """The reports of a command that nobody kills. Raises SystemExit when it does not grade all."""
        command = self.command(*fresh, "--format", "json", "--quiet")
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)
        if done.returncode not in GRADED:
            raise SystemExit(f"exit {done.returncode}\n{done.stderr.decode()[-2000:]}")
        return json.loads(done.stdout)

    def disturbed(
        self, fresh: list[object], moments: Iterable[Moment], look_s: float, *more: object
    ) -> tuple[int, list[dict]]:
        """Kills it at each of the moments, as long as it runs that long, then lets it end.

        Returns how often it was killed, and the reports. Looks at the store every `look_s` seconds;
        `more` are options for going on. The home has to be new.
        """
        # By its number: the first batch and its round are printed even when nothing of it is open.
        resume: list[object] = ["grade", "--resume", 1, *more]
        kills = 0
        moments = iter(moments)
        while True:
            words = resume if self.has_batch() else fresh
            ended = self._until(words, next(moments, Moment()), look_s)
            if isinstance(ended, list):
                return kills, ended
            kills += 1
            print(f"kill {kills} after {ended:.2f} s: {self.finished()} finished", flush=True)

    def _until(self, words: list[object], moment: Moment, look_s: float) -> list[dict] | float:
        """The reports, or how long it lived."""
        begun, before = time.monotonic(), self.finished()
        command = self.command(*words, "--format", "json", "--quiet")
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(command, stdout=out, stderr=errors)
            try:
                while process.poll() is None:
                    lived = time.monotonic() - begun
                    if lived > moment.after_s or self.finished() - before >= moment.results:
                        time.sleep(moment.later_s)
                        process.kill()
                        if process.wait() < 0:
                            return time.monotonic() - begun
                        break  # it had just ended
                    time.sleep(look_s)
            finally:
                process.kill()
                process.wait()
            if process.returncode not in GRADED:
                errors.seek(0)
                raise SystemExit(f"exit {process.returncode}\n{errors.read().decode()[-2000:]}")
            out.seek(0)
            return json.load(out)

    def exported(self) -> list[dict]:
        """Every record of the store, as `takehome db export` gives them."""
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch, "records.jsonl")
            subprocess.run(self.command("db", "export", file), capture_output=True, check=True)
            return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

    def check(self) -> list[str]:
        """What `takehome db check` finds."""
        done = subprocess.run(self.command("db", "check"), capture_output=True, text=True, check=False)
        print(done.stdout, end="")
        return [] if done.returncode == 0 else ["the store is not sound"]


def results(reports: list[dict]) -> dict[str, object]:
    """What each report says, without what differs from run to run."""
    return {
        f"{report['challenge']}/{report['submission']}": (
            report["verdict"],
            report["score"],
            (report["fault"] or {}).get("code"),
            report["provenance"]["seed"],
            {test["id"]: test["outcome"] for test in report["tests"]},
        )
        for report in reports
    }


def differences(expected: dict[str, object], got: dict[str, object]) -> list[str]:
    """Where two runs do not say the same."""
    names = sorted(expected.keys() | got.keys())
    return [
        f"{name}: {got.get(name)} and not {expected.get(name)}"
        for name in names
        if got.get(name) != expected.get(name)
    ]


def not_once(records: list[dict], count: int) -> list[str]:
    """Which of `count` submissions has not exactly one grading with one final result."""
    kinds: dict[str, list[dict]] = collections.defaultdict(list)
    for record in records:
        kinds[record["type"]].append(record)
    names = {one["id"]: one["name"] for one in kinds["candidate"]}
    told = collections.Counter(line["grading_id"] for line in kinds["audit"] if line["action"] == "finished")
    gradings = collections.defaultdict(list)
    for grading in kinds["grading"]:
        gradings[grading["submission_id"]].append(grading)
    found = []
    for submission in kinds["submission"]:
        own = gradings[submission["id"]]
        done = sum(one["state"] == "done" and one["report"] is not None for one in own)
        final = sum(told[one["id"]] for one in own)
        if (len(own), done, final) != (1, 1, 1):
            name = names.get(submission["candidate_id"])
            found.append(f"{name}: {len(own)} gradings, {done} results, told {final} times in the trail")
    if len(kinds["submission"]) != count:
        found.append(f"{len(kinds['submission'])} submissions instead of {count}")
    lost = sum(one["lost"] for one in kinds["grading"])
    print(f"{len(kinds['submission'])} submissions, {lost} leases of killed processes were taken over")
    return found
