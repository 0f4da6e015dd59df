"""The meter of what a program's processes hold together, over control group accounts that the test writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from takehome_agent.loop import Loop
from takehome_agent.memory import Meter, Sampler, group_bytes

V1 = ("total_rss", "total_shmem")
V2 = ("anon", "shmem")


def accounts(path: Path, names: tuple[str, str]) -> tuple[tuple[str, tuple[bytes, ...]], ...]:
    return ((str(path.with_name("absent")), (b"x",)), (str(path), tuple(name.encode() for name in names)))


@pytest.mark.parametrize("names", [V1, V2], ids=["cgroup v1", "cgroup v2"])
def test_anonymous_and_shared_memory_are_added(tmp_path: Path, names: tuple[str, str]) -> None:
    file = tmp_path / "memory.stat"
    file.write_text(f"cache 999\n{names[0]} 4096\nmapped_file 77\n{names[1]} 8192\n")
    assert group_bytes(accounts(file, names)) == 12288


@pytest.mark.parametrize("text", ["", "total_rss 1\n", "total_rss x\ntotal_shmem 1\n", "total_rss\n"])
def test_accounts_that_cannot_be_read_tell_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "memory.stat"
    file.write_text(text)
    assert group_bytes(accounts(file, V1)) is None


def test_outside_of_a_container_nobody_tells() -> None:
    assert os.getpid() != 1
    assert group_bytes() is None


def test_a_meter_knows_the_peak_of_what_was_added() -> None:
    levels = iter([1000, 1200, 5000, 900, 1100])
    meter = Meter(lambda: next(levels))
    for _ in range(4):
        meter.sample()
    assert meter.peak_bytes == 4000


def test_a_meter_that_is_told_nothing_says_so() -> None:
    meter = Meter(lambda: None)
    meter.sample()
    assert meter.peak_bytes is None


def test_running_meters_are_looked_at_and_stopped_ones_are_not() -> None:
    level = [100]
    loop = Loop(lambda: None)
    sampler = Sampler(loop, lambda: level[0])
    first, second = sampler.start(), sampler.start()

    def raise_level() -> None:
        level[0] = 700
        sampler.stop(second)
        level[0] = 900
        loop.after(0.1, lower_level)

    def lower_level() -> None:
        level[0] = 100
        sampler.stop(first)
        loop.stop()

    loop.after(0.0, raise_level)
    loop.after(30.0, loop.stop)  # so that a timer that never fires fails the test
    loop.run()
    assert (first.peak_bytes, second.peak_bytes) == (800, 600)
