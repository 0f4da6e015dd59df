"""scripts/self_check.py says of each target what the trials say."""

import pytest
import self_check


def part(busy, slowdown, spread=0.008, mean=1.0, trials=100, **counts):
    found = {
        "repetitions": trials,
        "with_ratio": trials,
        "mean": mean,
        "spread": spread,
        "covered": trials - 5,
        "faster": 0,
        "same": trials,
        "slower": 0,
        "too_noisy": 0,
        "false_faster": 0,
        "false_slower": 0,
    }
    return {"busy": busy, "slowdown_percent": slowdown, "seconds_a_trial": 16.94, "found": found | counts}


def met(*parts):
    return [row[3] for row in self_check.verdicts(list(parts))]


def test_every_target_has_its_edge():
    idle = part(False, 0, trials=20)
    assert (
        met(part(True, 0, false_slower=1, false_faster=1), part(True, 5, trials=20, slower=19), idle)
        == ["yes"] * 4
    )
    assert met(part(True, 0, spread=0.0201, false_slower=3, mean=1.011), idle) == ["no"] * 3
    assert met(part(True, 0, mean=1 / 1.011), idle) == ["yes", "yes", "no"]
    assert met(part(True, 5, trials=20, slower=18)) == ["no"]


def test_what_was_not_tried_is_not_judged():
    assert met(part(False, 0)) == []
    assert met(part(True, 0, spread=None)) == ["no", "yes"]


def test_the_table_has_a_row_a_part():
    lines = self_check.lines([part(True, 0), part(True, 5, trials=20, mean=None)])
    assert "| busy, identical" in lines[4]
    assert [cell.strip() for cell in lines[5].split("|")[1:4]] == ["busy, 5 % slower", "20", "none"]
    assert "16.9" in lines[4] and "95 of 100" in lines[4]


def test_a_measurement_that_did_not_come_about_is_no_figure(tmp_path):
    failing = tmp_path / "takehome"
    failing.write_text("#!/bin/sh\nexit 4\n")
    failing.chmod(0o755)
    with pytest.raises(self_check.Unfit):
        self_check.measure(failing, "--busy", "0", 1)
    failing.write_text('#!/bin/sh\necho "{\\"checked\\": []}"\nexit 1\n')
    assert self_check.measure(failing, "--busy", "0", 1) == {"checked": []}
