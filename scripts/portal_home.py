"""A home full of invitations and results, and a portal over it: for scripts that look or load."""

import hashlib
import http.cookiejar
import io
import json
import os
import random
import re
import sqlite3
import subprocess
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHALLENGE = "courier-retry"
PASSWORD = "correct words, many of them"
DAY_MS = 24 * 3_600_000
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
OUTCOMES = ["passed"] * 8 + ["failed", "failed", "timed_out", "crashed"]
GROUPS = {"contract": 10, "classification": 20, "schedule": 25, "retry-after": 15, "idempotency": 10}
GROUPS |= {"deadline": 10, "breaker": 5, "shutdown": 5}
NAMES = ["Ada Lovelace", "Grace Hopper", "Zoë Müller-Ó", "陳大文", "سلام", "Jean-Luc O'Neill", "=1+1 Bob"]
CODE = '''"""Delivers events. By {name}."""

import random
import time


class Courier:
    def __init__(self, policy, clock=time.monotonic):
        self.policy = policy
        self.clock = clock

    def wait(self, attempt: int) -> float:
        # Equal jitter: half of it is sure, half is drawn.
        ceiling = min(self.policy.cap_ms, self.policy.base_ms * 2 ** (attempt - 1))
        return ceiling / 2 + random.random() * ceiling / 2
'''


class Home:
    """A folder with a store, filled by SQL: the triggers do what they always do."""

    def __init__(self, folder: Path, program: Path):
        self.folder, self.program = folder, program
        self.random = random.Random(7)
        # Its first start makes the tables.
        Portal(self).stop()

    def fill(self, invitations: int, gradings: int, tests: int = 40) -> list[str]:
        """The codes; results are spread evenly over those that are not waiting."""
        db = sqlite3.connect(self.folder / "store/takehome.db")
        db.execute("PRAGMA synchronous = OFF")
        now = int(time.time() * 1000)
        suite = "5" * 64
        db.execute("INSERT OR IGNORE INTO challenges VALUES (?, ?, ?)", (CHALLENGE, suite, now))
        codes = [self.code() for _ in range(invitations)]
        graded = [at for at in range(invitations) if at % 5] or [0]
        for at, code in enumerate(codes):
            self.invite(db, at, code, now, at % 5 != 0)
        each = max(1, gradings // len(graded)) if gradings else 0
        for at in graded:
            self.attempts(db, at, codes[at], each, now, suite, tests)
        db.execute("UPDATE listing SET state = state")
        db.commit()
        db.execute("ANALYZE")
        db.commit()
        db.close()
        return codes

    def code(self) -> str:
        text = "".join(self.random.choice(ALPHABET) for _ in range(8))
        return f"{text[:4]}-{text[4:]}"

    def invite(self, db: sqlite3.Connection, at: int, code: str, now: int, graded: bool) -> None:
        name = NAMES[at % len(NAMES)] if at < len(NAMES) else f"Candidate {at}"
        mail = f"person{at}@example.org"
        person = db.execute(
            "INSERT INTO people (name, mail, mail_key, created_ms) VALUES (?, ?, ?, ?)",
            (name, mail, mail, now),
        ).lastrowid
        waiting = ["invited", "opened", "started"][at % 3]
        state = "graded" if graded else waiting
        begun = now - (at % 20) * DAY_MS
        terms = (begun, begun + 7 * DAY_MS, 75 * 60_000, 150 if at % 11 == 0 else 100, 180 * DAY_MS)
        row = db.execute(
            "INSERT INTO invitations (code, person_id, challenge, state, version, from_ms,"
            " base_deadline_ms, base_time_box_ms, multiplier_percent, retain_ms, attempts_counts,"
            " created_ms) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, 'latest', ?)",
            (code, person, CHALLENGE, state, *terms, begun),
        ).lastrowid
        db.execute(
            "INSERT INTO candidates (name, created_ms, invitation_id) VALUES (?, ?, ?)", (code, now, row)
        )
        db.execute(
            "INSERT INTO audit (at_ms, action, invitation_id, actor, detail) VALUES (?, 'invited', ?, ?, '')",
            (begun, row, "the program"),
        )

    def attempts(
        self, db: sqlite3.Connection, at: int, code: str, count: int, now: int, suite: str, tests: int
    ) -> None:
        (candidate,) = db.execute("SELECT id FROM candidates WHERE name = ?", (code,)).fetchone()
        name = NAMES[at % len(NAMES)] if at < len(NAMES) else f"Candidate {at}"
        for attempt in range(count):
            sha = (
                self.blob(name, at, attempt)
                if at < 40
                else hashlib.sha256(f"{at}.{attempt}".encode()).hexdigest()
            )
            received = now - (count - attempt) * 3_600_000
            submission = db.execute(
                "INSERT INTO submissions (candidate_id, sha256, original_name, received_ms)"
                " VALUES (?, ?, ?, ?)",
                (candidate, sha, f"{name.split()[-1]}.zip", received),
            ).lastrowid
            grading = f"{received:012x}{at:010x}{attempt:010x}"
            db.execute(
                "INSERT INTO gradings (id, submission_id, challenge, suite_sha256, seed, state, turn,"
                " attempt, lost, queued_ms) VALUES (?, ?, ?, ?, '1', 'queued', 0, 1, 0, ?)",
                (grading, submission, CHALLENGE, suite, received),
            )
            report = self.report(grading, at, tests, sha, suite)
            db.execute(
                "UPDATE gradings SET state = 'done', finished_ms = ?, verdict = ?, score = ?, wall_ms = ?"
                " WHERE id = ?",
                (
                    received + 40_000,
                    report["verdict"],
                    report["score"],
                    report["resources"]["wall_ms"],
                    grading,
                ),
            )
            db.execute("INSERT INTO reports VALUES (?, ?)", (grading, json.dumps(report)))

    def blob(self, name: str, at: int, attempt: int) -> str:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            files = {"courier/__main__.py": CODE.format(name=name), "courier/__init__.py": ""}
            files["README.md"] = f"# Courier\n\nNotes by {name}, attempt {at}.{attempt}.\n"
            for path, text in sorted(files.items()):
                entry = tarfile.TarInfo(path)
                entry.size = len(text.encode())
                tar.addfile(entry, io.BytesIO(text.encode()))
        digest = hashlib.sha256(buffer.getvalue()).hexdigest()
        place = self.folder / "store/blobs" / digest[:2] / f"{digest[2:]}.tar"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(buffer.getvalue())
        return digest

    def report(self, grading: str, at: int, tests: int, sha: str, suite: str) -> dict:
        names = list(GROUPS)
        listed = []
        for number in range(tests):
            outcome = self.random.choice(OUTCOMES) if at % 6 else "passed"
            message = (
                "" if outcome == "passed" else f"assert {number} == {number + 1}\n  where {number} = wait(3)"
            )
            listed.append(
                {
                    "id": f"test_{names[number % 8]}.py::test_what_is_asked_number_{number}",
                    "group": names[number % 8],
                    "outcome": outcome,
                    "duration_ms": 10 + number,
                    "message": message,
                }
            )
        of = {name: [one for one in listed if one["group"] == name] for name in names}
        passed = {name: sum(one["outcome"] == "passed" for one in of[name]) for name in names}
        score = sum(GROUPS[name] * passed[name] / max(1, len(of[name])) for name in names)
        fault = at % 9 == 4
        return {
            "schema": 1,
            "grading_id": grading,
            "challenge": CHALLENGE,
            "submission": "archive.zip",
            "verdict": "candidate_fault" if fault else "graded",
            "score": None if fault else round(score, 2),
            "capped_by": None,
            "groups": [
                {"name": name, "weight": GROUPS[name], "passed": passed[name], "total": len(of[name])}
                for name in names
            ],
            "tests": [] if fault else listed,
            "resources": {
                "wall_ms": 9_000 + self.random.randrange(9_000),
                "cpu_ms": 3_000 + self.random.randrange(3_000),
                "peak_memory_bytes": 60 << 20,
            },
            "timing": None,
            "provenance": {
                "submission_sha256": sha,
                "suite_sha256": suite,
                "image_digest": None,
                "seed": 1,
                "takehome_version": "0.1.0",
                "engine": None,
                "limits": None,
            },
            "integrity": [{"kind": "leftover_processes", "detail": "sleep 600"}] if at % 4 == 1 else [],
            "fault": {
                "code": "import_failed",
                "message": "ModuleNotFoundError: No module named 'courier'",
                "remedy": "unpack the archive into an empty folder and run the visible tests",
            }
            if fault
            else None,
        }


class Portal:
    """`takehome serve` over a home, on a free port, without a worker."""

    def __init__(self, home: Home):
        environment = {**os.environ, "TAKEHOME_LOG": "error"}
        command = [str(home.program), "--home", str(home.folder), "serve", "--listen", "127.0.0.1:0"]
        command += ["--no-worker", "--from", "Hiring <jobs@example.org>"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
        self.url = self.line(r"listening on (\S+)")
        self.link = self.line(r"set-up link: (\S+)")

    def line(self, pattern: str) -> str:
        found = re.search(pattern, self.process.stdout.readline())
        if not found:
            raise SystemExit(f"the portal did not say {pattern!r}")
        return found[1]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


class Member:
    """Somebody of the team, with cookies and forms but without a browser."""

    def __init__(self, portal: Portal):
        self.portal = portal
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        with self.opener.open(urllib.parse.urljoin(self.portal.url, path)) as answer:
            return answer.read().decode()

    def fill(self, page: str, action: str, **fields: str) -> str:
        html = self.get(page)
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", html, re.S):
            own = re.search(r"<form[^>]*action=\"([^\"]*)\"", form)
            if (own and own[1] == action) or (own is None and page == action):
                hidden = re.findall(r"type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"", form)
                data = urllib.parse.urlencode(dict(hidden) | fields).encode()
                try:
                    with self.opener.open(urllib.parse.urljoin(self.portal.url, action), data) as answer:
                        return answer.read().decode()
                except urllib.error.HTTPError as error:
                    raise SystemExit(f"{action}: {error.code}: {error.read().decode()[:2000]}") from None
        raise SystemExit(f"no form of {page} goes to {action}")

    def set_up(self, link: str, **fields: str) -> None:
        path = urllib.parse.urlsplit(link).path
        self.fill(path, path, password=PASSWORD, again=PASSWORD, **fields)

    def invite(self, name: str, role: str) -> "Member":
        mail = f"{name.lower()}@team.example.org"
        page = self.fill("/team/accounts", "/team/accounts", name=name, mail=mail, role=role)
        link = re.search(r"id=\"link\"[^>]*value=\"([^\"]+)\"", page)
        colleague = Member(self.portal)
        colleague.set_up(link[1])
        return colleague

    def mark(self, code: str, mark: int, keys: list[str]) -> None:
        path = f"/team/i/{code}/scorecard"
        fields = {f"mark.{key}": str(1 + (mark + at) % 4) for at, key in enumerate(keys)}
        fields |= {"recommendation": "yes", "words": "Clear, and the waits are right.", "do": "hand_in"}
        fields |= {f"why.{keys[0]}": "One table decides."}
        self.fill(path, path, **fields)
