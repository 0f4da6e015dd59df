"""scripts/growth.py says whether laws of growth are told apart."""

import growth
import pytest


def slopes(*ends):
    return {
        name: growth.Slope((low + high) / 2, low, high)
        for name, (low, high) in zip(growth.LAWS, ends, strict=True)
    }


def test_laws_are_apart_where_no_interval_touches_the_next():
    assert growth.told_apart(slopes((-0.1, 0.1), (0.11, 0.2), (0.8, 1.1)))
    assert not growth.told_apart(slopes((-0.1, 0.12), (0.11, 0.2), (0.8, 1.1)))
    assert not growth.told_apart(slopes((-0.1, 0.1), (0.9, 1.2), (0.8, 1.1)))


def test_the_tables_count_what_was_told():
    rounds = [slopes((-0.1, 0.1), (0.11, 0.2), (0.8, 1.1)), slopes((-0.1, 0.2), (0.11, 0.2), (0.8, 1.1))]
    memory = [{"correct-pandas-chunks": ("bounded", 0.2), "wrong-concat-of-chunks": ("unknown", 443.0)}]
    text = "\n".join(growth.lines(rounds, memory))
    assert "1 of 2" in text and "1 of 1" in text and "0 of 1" in text and "443" in text


def test_a_timing_that_failed_is_no_figure(tmp_path):
    failing = tmp_path / "takehome"
    failing.write_text("#!/bin/sh\nexit 3\n")
    failing.chmod(0o755)
    with pytest.raises(growth.Unfit):
        growth.timing(failing, str(tmp_path), "time")
