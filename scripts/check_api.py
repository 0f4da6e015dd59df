#!/usr/bin/env python3
"""The API of a real `takehome serve` against its own description.

    scripts/check_api.py [--examples 20] [--seconds 300] [--seed N] [--takehome PATH] [--keep FILE]

Starts a server on loopback with a store that has invitations, tokens, webhooks and deliveries, fetches
/v1/openapi.json, has openapi-spec-validator judge it, and has schemathesis ask everything that it describes,
right and wrong, and compare each answer with what the description says.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from openapi_spec_validator import validate

ROOT = Path(__file__).resolve().parent.parent
CHALLENGES = ROOT / "tests/fixtures/challenges"
PEOPLE = 12
LEFT_S = 90

# What a schema cannot say (a time zone's name, a deadline that has passed) is answered with 422, and a
# precondition that was made up with 412.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "401", "403", "404", "409", "412", "422"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "410", "412", "413", "415", "422"]
"""


def main() -> int:
    args = arguments()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        token = fill(args.takehome, home)
        with (Path(folder) / "server.log").open("wb") as log:
            server, address = start(args.takehome, home, log)
            try:
                document = fetch(f"{address}/v1/openapi.json")
                validate(document)
                count = sum(len(item) for item in document["paths"].values())
                print(f"/v1/openapi.json: OpenAPI {document['openapi']}, valid, {count} operations")
                code = ask(args, Path(folder), address, token)
                if server.poll() is not None:
                    print(f"the server ended with {server.returncode}", file=sys.stderr)
                    return 1
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(LEFT_S)
        errors = [
            line for line in (Path(folder) / "server.log").read_text().splitlines() if '"ERROR"' in line
        ]
        for line in errors[:5]:
            print(line, file=sys.stderr)
        return code or (1 if errors else 0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The API against its own description.")
    parser.add_argument("--examples", type=int, default=20, help="requests of each kind for each operation")
    parser.add_argument("--seconds", type=int, default=300, help="what all of it may take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--takehome", type=Path, default=ROOT / "target/debug/takehome")
    parser.add_argument("--keep", type=Path, help="write the requests and answers to this file")
    return parser.parse_args()


def command(program: Path, home: Path, *words: str) -> list[str]:
    return [str(program), "--challenges", str(CHALLENGES), "--home", str(home), *words]


def run(program: Path, home: Path, *words: str) -> str:
    environment = {**os.environ, "TAKEHOME_ACTOR": "check_api"}
    done = subprocess.run(
        command(program, home, *words), stdout=subprocess.PIPE, text=True, check=True, env=environment
    )
    return done.stdout


def fill(program: Path, home: Path) -> str:
    """A store with something of everything; the secret of a token that may do all."""
    people = home.parent / "people.csv"
    rows = [f"Person {number},person{number}@example.org" for number in range(PEOPLE)]
    people.write_text("name,mail\n" + "\n".join(rows) + "\n")
    run(program, home, "hook", "add", "https://hooks.example.org/takehome")
    outbox = str(home / "sent")
    sender = ("--from", "Hiring <jobs@example.org>", "--out", outbox)
    run(program, home, "send", "tiny", "--csv", str(people), *sender)
    run(program, home, "token", "create", "a reader", "--scope", "read")
    made = run(program, home, "token", "create", "all", "--scope", "admin", "--format", "json")
    return str(json.loads(made)["token"])


def start(program: Path, home: Path, log: object) -> tuple[subprocess.Popen[str], str]:
    words = ["serve", "--listen", "127.0.0.1:0", "--no-worker", "--api-rate", "1000000"]
    words += ["--from", "Hiring <jobs@example.org>", "--url", "http://localhost"]
    server = subprocess.Popen(command(program, home, *words), stdout=subprocess.PIPE, stderr=log, text=True)
    for _ in range(5):
        line = server.stdout.readline() if server.stdout else ""
        found = re.match(r"listening on (http://127\.0\.0\.1:\d+)", line)
        if found:
            return server, found[1]
    server.kill()
    raise SystemExit("the server does not start")


def fetch(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def ask(args: argparse.Namespace, folder: Path, address: str, token: str) -> int:
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG)
    words = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config), "run"]
    words += [f"{address}/v1/openapi.json", "--header", f"Authorization: Bearer {token}"]
    words += ["--checks", "all", "--max-examples", str(args.examples), "--seed", str(args.seed)]
    words += ["--max-time", str(args.seconds), "--request-timeout", "20", "--continue-on-failure"]
    words += ["--suppress-health-check", "all", "--workers", "1"]
    if args.keep:
        words += ["--report", "ndjson", "--report-ndjson-path", str(args.keep)]
    # Its database of failures has no place in the project.
    return subprocess.run(words, cwd=folder, timeout=args.seconds + LEFT_S, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
