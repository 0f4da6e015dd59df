#!/usr/bin/env python3
"""Many candidates upload at the same moment to a real `takehome serve`; nothing may be lost or mixed up.

    scripts/uploads.py [--count 200] [--bytes 1000000] [--kill] [--grade] [--most-memory 256]

Every upload has bytes of its own and is half-way before any of them goes on. With --kill the server is killed
with SIGKILL once a third of the receipts is there, started again, and whoever has no receipt uploads again.
What has to hold: each receipt is verified and names the bytes that were sent; each invitation has exactly one
upload, with those bytes, and exactly one grading; nothing is left in the spool; the server's memory stays
below the bound. With --grade, which needs an engine, a worker then grades all of them, is killed with SIGKILL
half-way, and another one goes on: each upload has exactly one final result.
"""

import argparse
import asyncio
import hashlib
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHALLENGES = ROOT / "tests/fixtures/challenges"
CHALLENGE = "tiny"
KILL_AT = 3
START_S = 30.0
ANSWER_S = 120.0
LOOK_S = 1.0


@dataclass
class Candidate:
    """One invitation, what is sent for it, and what came back."""

    path: str
    archive: bytes
    receipt: str | None = None
    took_s: float = 0.0

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.archive).hexdigest()


@dataclass
class Answer:
    status: int
    body: str


class Server:
    """`takehome serve` without a worker, on a free port."""

    def __init__(self, program: Path, home: Path, log: Path) -> None:
        self.program, self.home, self.log = program, home, log
        self.highest_kib = 0
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command(self.program, self.home), "serve", "--listen", "127.0.0.1:0", "--no-worker"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        line = self.process.stdout.readline() if self.process.stdout else ""
        found = re.match(r"listening on http://127\.0\.0\.1:(\d+)", line)
        if not found:
            raise SystemExit(f"the server does not start; see {self.log}")
        self.port = int(found[1])

    def look(self) -> None:
        """Remembers the most memory that it held."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        if found:
            self.highest_kib = max(self.highest_kib, int(found[1]))

    def kill(self) -> None:
        self.look()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.look()
        self.process.terminate()
        if self.process.wait(timeout=90):
            raise SystemExit(f"the server ended with {self.process.returncode}")


def command(program: Path, home: Path) -> list[str]:
    return [str(program), "--challenges", str(CHALLENGES), "--home", str(home)]


def run(program: Path, home: Path, *args: str) -> str:
    done = subprocess.run([*command(program, home), *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{args}: {done.stderr}")
    return done.stdout


def archive(number: int, size: int) -> bytes:
    """A zip that differs from every other one, of about that size whatever compression does."""
    noise = random.Random(number).randbytes(size)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("tiny.py", f"WHOSE = {number}\n")
        made.writestr("noise.bin", noise)
    return packed.getvalue()


def invite(program: Path, home: Path, folder: Path, count: int, size: int) -> list[Candidate]:
    people = folder / "people.csv"
    people.write_text("name,mail\n" + "".join(f"C{n},c{n}@example.org\n" for n in range(count)))
    run(program, home, "send", CHALLENGE, "--csv", str(people), "--out", str(folder / "sent"))
    links = sorted((folder / "sent").glob("*/link.txt"))
    paths = [link.read_text().strip().removeprefix("http://127.0.0.1") for link in links]
    return [Candidate(path, archive(number, size)) for number, path in enumerate(paths)]


async def ask(
    port: int, line: str, body: bytes = b"", gate: asyncio.Barrier | None = None, kind: str = ""
) -> Answer:
    """One request on a connection of its own; half of the body waits at the gate for the others."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"{line} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n"
        head += f"content-length: {len(body)}\r\n" + (f"content-type: {kind}\r\n" if kind else "")
        writer.write(head.encode() + b"\r\n" + body[: len(body) // 2])
        await writer.drain()
        if gate:
            await gate.wait()
        writer.write(body[len(body) // 2 :])
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), ANSWER_S)
    finally:
        writer.close()
    head_bytes, _, rest = answer.partition(b"\r\n\r\n")
    if not head_bytes.startswith(b"HTTP/1.1 "):
        raise ConnectionError("no answer")
    return Answer(int(head_bytes[9:12]), rest.decode(errors="replace"))


async def start(port: int, candidate: Candidate) -> None:
    page = await ask(port, f"GET {candidate.path}")
    form = re.search(r'name="form" value="([^"]+)"', page.body)
    if not form:
        raise SystemExit(f"no form on the page: {page}")
    kind = "application/x-www-form-urlencoded"
    answer = await ask(port, f"POST {candidate.path}/start", f"form={form[1]}".encode(), kind=kind)
    if answer.status != 303:
        raise SystemExit(f"could not start: {answer}")


async def upload(port: int, candidate: Candidate, gate: asyncio.Barrier | None) -> None:
    begun = time.monotonic()
    try:
        answer = await ask(port, f"PUT {candidate.path}/upload?name=c.zip", candidate.archive, gate)
    except (OSError, TimeoutError, asyncio.BrokenBarrierError):
        if gate:
            # Nobody waits for one that is gone.
            await gate.abort()
        return
    candidate.took_s = time.monotonic() - begun
    if answer.status == 201:
        candidate.receipt = answer.body
    else:
        print(f"refused: {answer}", flush=True)


async def all_upload(server: Server, candidates: list[Candidate], kill: bool) -> None:
    gate = asyncio.Barrier(len(candidates))
    tasks = [asyncio.create_task(upload(server.port, candidate, gate)) for candidate in candidates]
    while not all(task.done() for task in tasks):
        server.look()
        receipts = sum(candidate.receipt is not None for candidate in candidates)
        if kill and receipts >= len(candidates) // KILL_AT:
            server.kill()
            kill = False
        await asyncio.sleep(0.005)


def records(program: Path, home: Path, folder: Path) -> list[dict]:
    file = folder / "records.jsonl"
    file.unlink(missing_ok=True)
    run(program, home, "db", "export", str(file))
    return [json.loads(line) for line in file.read_text().splitlines()]


def lines(receipt: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in receipt.splitlines() if ": " in line)


def wrong(program: Path, home: Path, folder: Path, candidates: list[Candidate]) -> list[str]:
    """What does not hold, a line each."""
    found = []
    kept = records(program, home, folder)
    of = {kind: [record for record in kept if record["type"] == kind] for kind in ("upload", "grading")}
    codes = {record["id"]: record["code"] for record in kept if record["type"] == "invitation"}
    shas = {record["id"]: record["sha256"] for record in kept if record["type"] == "submission"}
    uploads: dict[str, list[dict]] = {}
    for record in of["upload"]:
        uploads.setdefault(codes[record["invitation_id"]], []).append(record)
    for number, candidate in enumerate(candidates):
        if candidate.receipt is None:
            found.append(f"{number} has no receipt")
            continue
        file = folder / "receipt.txt"
        file.write_text(candidate.receipt)
        run(program, home, "receipt", "verify", str(file))
        said = lines(candidate.receipt)
        mine = uploads.get(said["invitation"], [])
        if said["received-sha256"] != candidate.sha256:
            found.append(f"{number}: the receipt names other bytes")
        if len(mine) != 1 or mine[0]["received_sha256"] != candidate.sha256:
            found.append(f"{number}: {len(mine)} uploads, or other bytes")
            continue
        if shas[mine[0]["submission_id"]] != said["submission-sha256"]:
            found.append(f"{number}: another submission")
        sha = said["submission-sha256"]
        blob = (home / "store/blobs" / sha[:2] / f"{sha[2:]}.tar").read_bytes()
        if hashlib.sha256(blob).hexdigest() != sha or f"WHOSE = {number}\n".encode() not in blob:
            found.append(f"{number}: the bytes that are kept are another's, or damaged")
    gradings = [record["submission_id"] for record in of["grading"]]
    if len(gradings) != len(candidates) or len(set(gradings)) != len(candidates):
        found.append(f"{len(gradings)} gradings of {len(set(gradings))} submissions")
    left = [path.name for path in (home / "spool").iterdir() if path.name != ".lock"]
    if left:
        found.append(f"left in the spool: {left}")
    return found


def results(program: Path, home: Path, folder: Path) -> dict[str, int]:
    """Final results, by grading."""
    finals: dict[str, int] = {}
    for record in records(program, home, folder):
        if record["type"] == "audit" and record["action"] == "finished":
            finals[record["grading_id"]] = finals.get(record["grading_id"], 0) + 1
    return finals


def grade(program: Path, home: Path, folder: Path, count: int) -> list[str]:
    """Workers grade what was uploaded; what does not hold, a line each."""
    begun = time.monotonic()
    work = [*command(program, home), "--quiet", "work", "--drain"]
    with (folder / "work").open("ab") as log:
        first = subprocess.Popen(work, stdout=log, stderr=log)
        while first.poll() is None and len(results(program, home, folder)) < count // 2:
            time.sleep(LOOK_S)
        first.kill()
        first.wait()
        before = len(results(program, home, folder))
        print(f"the worker is killed after {before} of {count} results", flush=True)
        if subprocess.run(work, stdout=log, stderr=log, check=False).returncode:
            print((folder / "work").read_text()[-2000:])
    finals = results(program, home, folder)
    print(f"{len(finals)} results after {time.monotonic() - begun:.0f} s")
    found = [f"{grading} has {number} results" for grading, number in finals.items() if number != 1]
    of = [record for record in records(program, home, folder) if record["type"] == "grading"]
    open_still = [record["id"] for record in of if record["state"] != "done"]
    verdicts = {record["report"]["verdict"] for record in of if record["report"]}
    if len(finals) != count or open_still:
        found.append(f"{len(finals)} results, {len(open_still)} gradings without one")
    if verdicts != {"graded"}:
        found.append(f"verdicts: {verdicts}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--bytes", type=int, default=1_000_000, help="of each upload")
    parser.add_argument("--kill", action="store_true", help="SIGKILL in the middle, and a second start")
    parser.add_argument("--grade", action="store_true", help="grade them, with a worker that is killed")
    parser.add_argument("--most-memory", type=int, default=256, metavar="MIB")
    parser.add_argument("--takehome", type=Path, default=ROOT / "target/debug/takehome")
    args = parser.parse_args()
    program = args.takehome.resolve()
    os.environ |= {"TAKEHOME_MAIL_FROM": "Hiring <jobs@example.org>", "TAKEHOME_URL": "http://127.0.0.1"}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        home = folder / "home"
        candidates = invite(program, home, folder, args.count, args.bytes)
        server = Server(program, home, folder / "log")
        return tried(args, program, home, folder, candidates, server)


def tried(
    args: argparse.Namespace,
    program: Path,
    home: Path,
    folder: Path,
    candidates: list[Candidate],
    server: Server,
) -> int:
    async def starts() -> None:
        for candidate in candidates:
            await start(server.port, candidate)

    asyncio.run(starts())
    server.look()
    print(
        f"{len(candidates)} invitations started; the server holds {server.highest_kib >> 10} MiB", flush=True
    )
    begun = time.monotonic()
    asyncio.run(all_upload(server, candidates, args.kill))
    took = time.monotonic() - begun
    before = {number: candidate.receipt for number, candidate in enumerate(candidates) if candidate.receipt}
    if args.kill:
        print(f"killed with {len(before)} of {len(candidates)} receipts given, after {took:.1f} s")
        server.start()
        asyncio.run(all_upload(server, [one for one in candidates if not one.receipt], False))
    server.stop()
    times = sorted(candidate.took_s for candidate in candidates)
    total = sum(len(candidate.archive) for candidate in candidates)
    if not args.kill:
        middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
        print(f"{len(before)} uploads of {total // len(times):,} bytes at once in {took:.1f} s:", end=" ")
        print(f"{total / took / 1e6:.0f} MB/s, median {middle:.1f} s, p95 {late:.1f} s")
    print(f"the server held {server.highest_kib >> 10} MiB at most")
    found = wrong(program, home, folder, candidates)
    if server.highest_kib >> 10 > args.most_memory:
        found.append(f"more memory than {args.most_memory} MiB")
    if args.grade:
        found += grade(program, home, folder, len(candidates))
    changed = [number for number, receipt in before.items() if candidates[number].receipt != receipt]
    found += [f"{number}: its receipt has changed" for number in changed]
    for line in found:
        print(line)
    if not found:
        print("none lost, none mixed up: each has its receipt, one upload with its bytes and one grading")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
