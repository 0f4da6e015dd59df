"""Deliver events with requests; urllib3 does the retries."""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

Json = dict[str, Any]


def deliver(endpoint: str, policy: Json, event: Json) -> Json:
    retries = Retry(
        total=policy["max_attempts"] - 1,
        backoff_factor=policy["base_ms"] / 1000,
        backoff_max=policy["cap_ms"] / 1000,
        backoff_jitter=policy["base_ms"] / 1000,
    )
    line: Json = {"id": event["id"], "outcome": "gave_up", "attempts": 1, "last_error": None}
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, event["id"])), "X-Attempt": "1"}
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=retries))
        try:
            response = session.post(
                endpoint, json=event, headers=headers, timeout=policy["attempt_timeout_ms"] / 1000
            )
        except requests.RequestException as error:
            line["last_error"] = str(error)
            return line
    if response.ok:
        line["outcome"] = "ok"
    else:
        line["outcome"] = "gave_up" if response.status_code >= 500 else "rejected"
        line["last_error"] = f"HTTP {response.status_code}"
    return line


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    for name in ("events", "endpoint", "policy", "report"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with open(options.events, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    policy = json.loads(Path(options.policy).read_text(encoding="utf-8"))

    with ThreadPoolExecutor(policy["parallel"]) as pool:
        report = list(pool.map(lambda event: deliver(options.endpoint, policy, event), events))
    with open(options.report, "w", encoding="utf-8") as out:
        for line in report:
            out.write(json.dumps(line) + "\n")
    return 0 if all(line["outcome"] == "ok" for line in report) else 2


if __name__ == "__main__":
    sys.exit(main())
