"""Deliver events, the quick way."""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from courier.shout import shout

Json = dict[str, Any]


def deliver(endpoint: str, policy: Json, event: Json) -> Json:
    line: Json = {"id": event["id"], "outcome": "gave_up", "attempts": 0, "last_error": None}
    while line["attempts"] < policy["max_attempts"]:
        line["attempts"] += 1
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
            "X-Attempt": str(line["attempts"]),
        }
        request = urllib.request.Request(endpoint, json.dumps(event).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=policy["attempt_timeout_ms"] / 1000):
                line.update(outcome="ok", last_error=None)
                return line
        except Exception as error:
            line["last_error"] = str(error)
        time.sleep(policy["base_ms"] / 1000)
    return line


def write_report(path: str, report: list[Json]) -> None:
    with open(path, "w", encoding="utf-8") as out:
        for line in report:
            out.write(json.dumps(line) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    for name in ("events", "endpoint", "policy", "report"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    shout()
    with open(options.events, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    with open(options.policy, encoding="utf-8") as text:
        policy = json.load(text)
    with ThreadPoolExecutor(policy["parallel"]) as pool:
        report = list(pool.map(lambda event: deliver(options.endpoint, policy, event), events))
    write_report(options.report, report)
    shout()
    return 0 if all(line["outcome"] == "ok" for line in report) else 2


if __name__ == "__main__":
    sys.exit(main())
