"""One true record for each id. The one strict group: all others accept much.

Nothing here needs concurrency, and all that is fetched is well.
"""

import json
from collections import Counter
from dataclasses import replace

import pytest
from support import Run, Site, rng_for, run_harvest, same_json

pytestmark = pytest.mark.group("contract")

ODD_VALUES = (
    None,
    False,
    0,
    "",
    [],
    {},
    -1.5e-7,
    2**70,
    'a "quoted" \\ backslash\nand\ta control \u0001',
    "line\u2028separators\u2029and\u0085next",
    {"Zoë": ["²", "\U0001f4e6", {"下": [[[None, True]]]}], "": 1},
)
ODD_IDS = (
    "Überschrift №{} → ✓",
    'quote " and \\ backslash {}',
    "  spaces {} ",
    "\U0001f9fa{}",
    "tab\tand\nnewline {}",
)


@pytest.fixture(scope="module")
def run(sandbox, make_origin, seed) -> Run:
    """Everything is answered at once and all is well: plain entries, odd values, odd ids, one URL twice."""
    site = Site(rng_for(seed, "contract"))
    with sandbox.scenario() as solution, make_origin(site.handle) as origin:
        entries = [
            *site.entries(origin, 8, name="plain"),
            *(site.entry(origin, f"value{index}", value=value) for index, value in enumerate(ODD_VALUES)),
            *(
                replace(site.entry(origin, f"id{index}"), id=odd.format(seed % 1000))
                for index, odd in enumerate(ODD_IDS)
            ),
        ]
        entries += [replace(entries[0], id="twin-of-the-first"), replace(entries[9], id="twin-of-a-value")]
        site.rng.shuffle(entries)
        return run_harvest(solution, entries)


def test_every_id_is_reported_exactly_once_and_exit_code_0_says_that_all_is_well(run: Run) -> None:
    reported = Counter(str(record.get("id")) for record in run.records())
    assert reported == Counter(entry.id for entry in run.entries)
    for entry in run.entries:
        record = run.record_of(entry)
        assert record.get("status") == "ok", f"status of {entry.id!r}"
        assert record.get("http_status") == 200, f"http_status of {entry.id!r}"
    assert run.exit_code == 0


def test_ids_and_values_of_any_kind_survive_as_valid_json_lines(run: Run) -> None:
    assert run.out is not None, "there is no output"
    for line in run.out.decode("utf-8").split("\n"):
        if line:
            assert isinstance(json.loads(line, parse_constant=pytest.fail), dict)
    for entry in run.entries:
        assert same_json(run.record_of(entry).get("value"), entry.value), f"value of {entry.id!r}"


def test_one_url_under_two_ids_is_reported_under_both(run: Run) -> None:
    twins = [entry for entry in run.entries if sum(entry.url == other.url for other in run.entries) == 2]
    assert len(twins) == 4
    run.assert_ok(twins)


def test_an_empty_manifest_gives_an_empty_output_and_exit_code_0(sandbox) -> None:
    with sandbox.scenario() as solution:
        run = run_harvest(solution, [])
    assert run.records() == []
    assert run.exit_code == 0
