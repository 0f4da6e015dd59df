"""About a fifth of what is graded: one easy case of each group but memory.

    python -m pytest tests

`solution` runs your submission in a process of its own. Nothing of your code is imported here. For memory,
see `large_file.py` beside this file.
"""

import csv
import io
import json
from typing import Any

import pytest

HEADER = "event_id,ts,merchant,country,currency,amount,fee,status,note\n"
OUT_HEADER = "merchant,currency,month,n,gross,fees,mean,std_pop,max_amount,first_ts,last_ts,active_days\n"


def run(solution: Any, text: str, *options: str) -> Any:
    """Run the ledger over `text`; the results are out.csv and errors.jsonl in the temporary folder."""
    folder = solution.tmp_dir
    solution.put(f"{folder}/input.csv", text)
    files = ["--out", f"{folder}/out.csv", "--errors", f"{folder}/errors.jsonl"]
    return solution.run(["python", "-m", "ledger", f"{folder}/input.csv", *files, *options], timeout=30)


def output(solution: Any) -> str:
    return solution.get(f"{solution.tmp_dir}/out.csv").decode()


def table(solution: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output(solution), newline="")))


def errors(solution: Any) -> list[tuple[int, str]]:
    text = solution.get(f"{solution.tmp_dir}/errors.jsonl").decode()
    return [(item["line"], item["reason"]) for item in map(json.loads, text.splitlines())]


@pytest.mark.group("correctness")
def test_the_example_of_the_readme(solution) -> None:
    completed = run(
        solution,
        HEADER
        + "e1,2025-02-01T09:30:00Z,Anna,NL,EUR,20.00,0.25,settled,\n"
        + "e2,2025-02-01T17:00:00Z,Anna,NL,EUR,40.4,0,settled,gift\n"
        + "e3,2025-02-02T08:15:00Z,Anna,NL,EUR,9.99,0.10,pending,\n"
        + "e4,2025-02-03T10:00:00Z,Anna,DE,EUR,10,1.5,refunded,too small\n"
        + "e5,2025-03-01T00:00:00Z,Anna,NL,EUR,7.77,0.07,settled,\n",
    )
    assert completed.exit_code == 0, completed.error_text
    assert output(solution) == (
        OUT_HEADER
        + "Anna,EUR,2025-02,3,50.40,1.75,16.80,20.70,40.40,2025-02-01T09:30:00Z,2025-02-03T10:00:00Z,2\n"
        + "Anna,EUR,2025-03,1,7.77,0.07,7.77,0.00,7.77,2025-03-01T00:00:00Z,2025-03-01T00:00:00Z,1\n"
    )
    assert errors(solution) == []


@pytest.mark.group("chunk-invariance")
def test_chunks_of_two_rows_give_the_same_bytes_as_one_chunk(solution) -> None:
    amounts = [1, 2, 30, 4, 500, 6, 7000, 8, 9]
    moments = [f"2025-02-{1 + 5 * n % 9:02}T12:00:00Z" for n in range(len(amounts))]
    rows = [f"e,{ts},Bert,NL,EUR,{amount},0,settled,\n" for ts, amount in zip(moments, amounts, strict=True)]
    seen = set()
    for chunk_rows in ("2", "1000"):
        assert run(solution, HEADER + "".join(rows), "--chunk-rows", chunk_rows).exit_code == 0
        seen.add(output(solution))
    assert len(seen) == 1
    assert table(solution)[0]["first_ts"] == "2025-02-01T12:00:00Z"


@pytest.mark.group("dirt")
def test_names_stay_text_and_bad_rows_are_reported_by_line(solution) -> None:
    completed = run(
        solution,
        HEADER
        + 'e1,2025-02-01T09:30:00Z,NA,NA,EUR,1.00,0.10,settled,"two\nlines"\n'
        + "e2,2025-02-31T09:30:00Z,NA,NL,EUR,1.00,0.10,settled,no such day\n"
        + "e3,2025-02-01T09:30:00Z,00123,NL,EUR,1.00,0.10,settled,\n"
        + "e4,2025-02-01T09:30:00Z,,NL,EUR,1.00,-0.10,settled,\n"
        + "e5,2025-02-01T09:30:00Z,,NL,EUR,1.00,0.10,settled,\n",
    )
    assert completed.exit_code == 0, completed.error_text
    assert [(row["merchant"], row["n"]) for row in table(solution)] == [
        ("", "1"),
        ("00123", "1"),
        ("NA", "1"),
    ]
    assert errors(solution) == [(4, "ts"), (6, "fee")]


@pytest.mark.group("exactness")
def test_a_mean_halfway_between_two_cents_goes_to_the_even_one(solution) -> None:
    pairs = {"Down": ("1.00", "1.01"), "Up": ("1.01", "1.02")}
    rows = [
        f"e,2025-02-01T09:30:00Z,{name},NL,EUR,{amount},0,settled,\n"
        for name, amounts in pairs.items()
        for amount in amounts
    ]
    assert run(solution, HEADER + "".join(rows)).exit_code == 0
    assert [(row["merchant"], row["mean"]) for row in table(solution)] == [("Down", "1.00"), ("Up", "1.02")]


@pytest.mark.group("robustness")
def test_a_missing_column_ends_with_exit_code_2_and_no_output(solution) -> None:
    completed = run(solution, HEADER.replace("fee,", "") + "e,2025-02-01T09:30:00Z,Anna,NL,EUR,1,settled,\n")
    assert completed.exit_code == 2
    assert completed.stderr.strip()
    assert "out.csv" not in solution.list(solution.tmp_dir)
