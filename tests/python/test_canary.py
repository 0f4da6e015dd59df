"""The mark of hidden files and the count of packets without a route, without a judge."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from takehome_pytest import canary, routes

MARK = "takehome-canary-00112233445566778899aabbccddeeff"

SNMP = """Ip: Forwarding DefaultTTL InReceives OutRequests OutDiscards OutNoRoutes
Ip: 2 64 12 12 0 7
Tcp: RtoAlgorithm RtoMin
Tcp: 1 200
"""


@pytest.fixture(autouse=True)
def mark() -> Iterator[None]:
    canary.install(MARK)
    yield
    canary.install("")


def test_a_signed_file_is_the_same_code_with_the_same_lines() -> None:
    source = b"def f():\n    return 1"
    signed = canary.sign(source)
    assert signed.startswith(source + b"\n") and MARK.encode() in signed
    compile(signed, "signed", "exec")


def test_test_files_are_marked_and_files_that_a_suite_hands_over_are_not() -> None:
    assert all(map(canary.belongs_in, ["test_a.py", "deep/test_b.py", "a_test.py"]))
    assert not any(map(canary.belongs_in, ["legacy.py", "test_data.json", "candidate/conftest.py"]))


def test_without_a_mark_nothing_is_signed_or_found() -> None:
    canary.install("")
    assert canary.sign(b"x") == b"x"
    canary.leaves(b"anything")
    assert canary.notes() == []


@given(before=st.binary(max_size=100), after=st.binary(max_size=100), cuts=st.lists(st.integers(0, 300)))
def test_a_stream_is_searched_across_its_pieces(before: bytes, after: bytes, cuts: list[int]) -> None:
    data = before + MARK.encode() + after
    watch = canary.Tail()
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(edges):
        watch.feed(data[start:end])
    assert [note["kind"] for note in canary.notes()] == ["canary_seen"]


def test_packets_without_a_route_are_read_by_name() -> None:
    assert routes.parse_ipv4(SNMP) == 7
    assert routes.parse_ipv6("Ip6InReceives \t12\nIp6OutNoRoutes \t4\n") == 4
    assert routes.parse_ipv6("") == 0
    with pytest.raises(ValueError):
        routes.parse_ipv4("Ip: OutNoRoutes\n")
