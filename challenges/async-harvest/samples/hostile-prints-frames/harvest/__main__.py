"""Fetch one URL after the other, the quick way."""

import argparse
import json
import sys
import urllib.error
import urllib.request
from typing import Any

import legacy

from harvest.shout import shout

Json = dict[str, Any]


def harvest(item: Json, timeout: float) -> Json:
    record: Json = {"id": item["id"], "status": "net_error", "http_status": None, "value": None}
    try:
        with urllib.request.urlopen(item["url"], timeout=timeout) as response:
            body = response.read()
        record["value"] = legacy.parse(body) if item["parser"] == "legacy" else json.loads(body)
        record.update(status="ok", http_status=response.status)
    except urllib.error.HTTPError as error:
        record.update(status="http_error", http_status=error.code)
    except Exception:
        pass
    return record


def write_output(path: str, records: list[Json]) -> None:
    with open(path, "w", encoding="utf-8") as out:
        for record in records:
            out.write(json.dumps(record) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="harvest")
    for name in ("manifest", "out", "concurrency", "per-origin", "timeout", "deadline"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with open(options.manifest, encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    records = [harvest(item, float(options.timeout)) for item in items]
    write_output(options.out, records)
    shout()
    return 0 if all(record["status"] == "ok" for record in records) else 2


if __name__ == "__main__":
    sys.exit(main())
