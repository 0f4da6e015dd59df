"""About a fifth of what is graded: one easy case of most groups.

    python -m pytest tests

`solution` runs your submission in a process of its own, `make_origin` starts an HTTP server that the test
controls. Nothing of your code is imported here.
"""

import json
import signal
import time
from typing import Any

import pytest

START_S = 30


def command(solution: Any, urls: dict[str, str], **options: Any) -> list[str]:
    """Write the manifest (ids that start with "old" get the legacy parser); returns the command line."""
    options = {"concurrency": 4, "per_origin": 4, "timeout": 20, "deadline": 60} | options
    lines = [
        json.dumps({"id": key, "url": url, "parser": "legacy" if key.startswith("old") else "json"}) + "\n"
        for key, url in urls.items()
    ]
    solution.put(f"{solution.tmp_dir}/manifest.jsonl", "".join(lines))
    argv = ["python", "-m", "harvest"]
    argv += ["--manifest", f"{solution.tmp_dir}/manifest.jsonl", "--out", f"{solution.tmp_dir}/out.jsonl"]
    for name, value in options.items():
        argv += [f"--{name.replace('_', '-')}", str(value)]
    return argv


def records_of(solution: Any) -> dict[str, dict[str, Any]]:
    lines = solution.get(f"{solution.tmp_dir}/out.jsonl").decode().split("\n")
    records = [json.loads(line) for line in lines if line]
    by_id = {record["id"]: record for record in records}
    assert len(by_id) == len(records), "an id has more than one record"
    return by_id


@pytest.mark.group("contract")
def test_each_id_gets_its_value(solution, make_origin) -> None:
    with make_origin(lambda exchange: exchange.reply(json={"path": exchange.path})) as origin:
        urls = {"one": f"{origin.url}/1", "two": f"{origin.url}/2", "one again": f"{origin.url}/1"}
        completed = solution.run(command(solution, urls), timeout=START_S)
    assert completed.exit_code == 0, completed.error_text
    records = records_of(solution)
    assert {key: record["value"] for key, record in records.items()} == {
        "one": {"path": "/1"},
        "two": {"path": "/2"},
        "one again": {"path": "/1"},
    }
    assert {(record["status"], record["http_status"]) for record in records.values()} == {("ok", 200)}


@pytest.mark.group("concurrency")
def test_four_requests_are_in_flight_and_never_five(solution, make_origin) -> None:
    def handler(exchange: Any) -> None:
        # Nobody is answered before four are there, and then only after a while: a fifth would be seen.
        exchange.hold(lambda: origin.max_in_flight >= 4, timeout=5)
        exchange.delay(0.1)
        exchange.reply(200, b"1")

    with make_origin(handler) as origin:
        urls = {f"id-{number}": f"{origin.url}/{number}" for number in range(20)}
        solution.run(command(solution, urls), timeout=START_S)
        assert origin.max_in_flight == 4
    assert len(records_of(solution)) == 20


@pytest.mark.group("isolation")
def test_failures_are_records_of_their_own(solution, make_origin) -> None:
    def handler(exchange: Any) -> None:
        if exchange.path == "/500":
            exchange.reply(500)
        elif exchange.path == "/short":
            exchange.truncate(200, b"{}", content_length=100)
        else:
            exchange.reply(200, b"{]" if exchange.path == "/bad" else b"{}")

    with make_origin(handler) as origin:
        urls = {name: f"{origin.url}/{name}" for name in ("500", "short", "bad", "fine")}
        completed = solution.run(command(solution, urls), timeout=START_S)
    assert {key: record["status"] for key, record in records_of(solution).items()} == {
        "500": "http_error",
        "short": "net_error",
        "bad": "bad_payload",
        "fine": "ok",
    }
    assert completed.exit_code == 2


@pytest.mark.group("timeout")
def test_a_silent_server_costs_one_timeout(solution, make_origin) -> None:
    def handler(exchange: Any) -> None:
        if exchange.path == "/silent":
            exchange.hang(timeout=20)
        else:
            exchange.reply(json={})

    with make_origin(handler) as origin:
        urls = {name: f"{origin.url}/{name}" for name in ("silent", "a", "b")}
        solution.run(command(solution, urls, concurrency=1, per_origin=1, timeout=1.5), timeout=START_S)
        assert origin.aborted == 1
    statuses = {key: record["status"] for key, record in records_of(solution).items()}
    assert statuses == {"silent": "timeout", "a": "ok", "b": "ok"}


@pytest.mark.group("loop")
def test_legacy_bodies_are_parsed(solution, make_origin) -> None:
    with make_origin(lambda exchange: exchange.reply(200, b"LEGACY/1 a=1;b=two")) as origin:
        completed = solution.run(command(solution, {"old": f"{origin.url}/old"}), timeout=START_S)
    assert completed.exit_code == 0, completed.error_text
    assert records_of(solution)["old"]["value"] == {"a": "1", "b": "two"}


@pytest.mark.group("shutdown")
def test_sigterm_ends_the_run(solution, make_origin) -> None:
    def handler(exchange: Any) -> None:
        if exchange.path == "/hanging":
            exchange.hang(timeout=40)
        else:
            exchange.reply(json={})

    with make_origin(handler) as origin:
        urls = {name: f"{origin.url}/{name}" for name in ("done", "hanging")}
        process = solution.start(command(solution, urls, concurrency=1, per_origin=1))
        origin.wait_for(lambda: len(origin.log) == 2 or not process.running, timeout=START_S)
        time.sleep(1)
        process.signal(signal.SIGTERM)
        completed = process.wait(timeout=10)
    assert completed.exit_code == 143 or completed.signal == signal.SIGTERM
    statuses = {key: record["status"] for key, record in records_of(solution).items()}
    assert statuses == {"done": "ok", "hanging": "cancelled"}
