"""What happens when the input cannot be used."""

import gzip

import pytest
from support import COLUMNS, in_time_order, random_row, render, rng_for, run_in, run_ledger

pytestmark = pytest.mark.group("robustness")


def test_a_missing_column_ends_with_exit_code_2_and_no_files(sandbox, seed) -> None:
    rng = rng_for(seed, "missing")
    rows = [random_row(rng, "Noord") for _ in range(20)]
    left_out = rng.choice(COLUMNS)
    columns = [name for name in COLUMNS if name != left_out]
    result = run_ledger(sandbox, render(rows, columns=columns).data)
    assert (result.outcome, result.exit_code) == ("exited", 2)
    assert result.files == ["input.csv"]
    assert result.stderr.strip(), "nothing on stderr says what is wrong"


def test_an_input_that_breaks_off_leaves_the_files_of_an_earlier_run_alone(sandbox, seed) -> None:
    """A gzip file cut off after many rows, bad ones among them: half a result must not be seen."""
    rng = rng_for(seed, "damaged")
    rows = in_time_order(random_row(rng, f"Shop {rng.randrange(50)}") for _ in range(6_000))
    rows[::100] = [random_row(rng, "Noord", fee="-1.00", bad="fee") for _ in rows[::100]]
    data = gzip.compress(render(rows).data)
    with sandbox.scenario() as solution:
        folder = f"{solution.tmp_dir}/run"
        solution.put(f"{folder}/input.csv.gz", data[: len(data) * 3 // 4])
        earlier = {"out.csv": b"an earlier result\n", "errors.jsonl": b'{"line": 9, "reason": "ts"}\n'}
        for name, content in earlier.items():
            solution.put(f"{folder}/{name}", content)
        result = run_in(solution, f"{folder}/input.csv.gz", folder)
    assert (result.outcome, result.exit_code) == ("exited", 2)
    assert {"out.csv": result.out, "errors.jsonl": result.errors} == earlier
    assert result.files == ["errors.jsonl", "input.csv.gz", "out.csv"]
