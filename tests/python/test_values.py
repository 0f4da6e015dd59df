"""Values: everything plain comes back equal and of its plain type; hostile objects and texts do no harm."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import fractions
import pathlib
import time
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from takehome_wire.limits import Limits, ValueRefused
from takehome_wire.values import Opaque, dumps, loads

hashables = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.fractions()
    | st.uuids()
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(dt.UTC))
    | st.times()
    | st.timedeltas()
    | st.complex_numbers(allow_nan=False),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)
values = st.recursive(
    hashables,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(hashables, inner, max_size=4) | st.sets(hashables)
    ),
    max_leaves=20,
)


def there_and_back(value: object) -> Any:
    return loads(dumps(value))


@given(values)
def test_plain_values_come_back_equal_and_of_the_same_type(value: object) -> None:
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@given(st.text(alphabet=st.characters(categories=["Cs", "Lu", "Cc"])))
def test_any_text_comes_back_even_with_lone_surrogates(text: str) -> None:
    assert there_and_back(text) == text


@given(st.text(max_size=100))
def test_arbitrary_text_is_a_value_or_refused(text: str) -> None:
    try:
        loads(text)
    except ValueRefused:
        pass


tags = ["list", "tuple", "set", "frozenset", "dict", "bytes", "text", "int", "float", "complex", "decimal"]
more_tags = ["fraction", "uuid", "opaque", "datetime", "date", "time", "timedelta", "exception", "nonsense"]
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4).map(list)
        | st.tuples(st.sampled_from(tags + more_tags), st.lists(inner, max_size=9)).map(
            lambda t: [t[0], *t[1]]
        )
    ),
    max_leaves=12,
)


@given(trees)
def test_forged_trees_are_a_value_or_refused(tree: object) -> None:
    import json

    try:
        loads(json.dumps(tree))
    except ValueRefused:
        pass


def test_special_floats() -> None:
    assert there_and_back(float("inf")) == float("inf")
    assert there_and_back(float("-inf")) == float("-inf")
    nan = there_and_back(float("nan"))
    assert nan != nan
    assert str(there_and_back(-0.0)) == "-0.0"


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    y: list[int]


Pair = collections.namedtuple("Pair", "a b")


def test_library_values_arrive_as_their_plain_form() -> None:
    assert there_and_back(Color.RED) == "red"
    assert there_and_back(Point(1, [2])) == {"x": 1, "y": [2]}
    assert there_and_back(Pair(1, 2)) == (1, 2)
    assert there_and_back(pathlib.PurePosixPath("a/b")) == "a/b"
    assert there_and_back(bytearray(b"ab")) == b"ab"
    assert there_and_back(memoryview(b"ab")) == b"ab"
    assert there_and_back(fractions.Fraction(1, 3)) == fractions.Fraction(1, 3)
    assert there_and_back(uuid.UUID(int=5)) == uuid.UUID(int=5)
    aware = dt.datetime(2024, 2, 29, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
    assert there_and_back(aware) == aware
    assert there_and_back(aware).utcoffset() == dt.timedelta(hours=5, minutes=30)


def test_an_ordered_dict_keeps_its_own_order() -> None:
    ordered = collections.OrderedDict(a=1, b=2, c=3)
    ordered.move_to_end("a")
    assert list(there_and_back(ordered)) == ["b", "c", "a"]


def test_what_cannot_be_a_key_is_opaque_inside_of_a_set() -> None:
    @dataclasses.dataclass(frozen=True)
    class Key:
        x: int

    (only,) = there_and_back({Key(1)})
    assert isinstance(only, Opaque)


class LyingInt(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __index__(self) -> int:
        raise AssertionError

    __int__ = __index__
    __hash__ = int.__hash__


class LyingStr(str):
    def __eq__(self, other: object) -> bool:
        return True

    def __str__(self) -> str:
        return "lie"

    def __len__(self) -> int:
        raise AssertionError

    __hash__ = str.__hash__


class LyingList(list[int]):
    def __iter__(self) -> Any:
        return iter([9, 9])

    def __len__(self) -> int:
        return 2


class LyingDict(dict[str, int]):
    def items(self) -> Any:
        return [("lie", 1)]


class LyingBytes(bytes):
    def __buffer__(self, flags: int) -> memoryview:
        raise AssertionError

    def __getitem__(self, key: Any) -> Any:
        return b"lie"


class LyingClass:
    @property
    def __class__(self) -> type:  # type: ignore[override]
        return int

    def __repr__(self) -> str:
        raise ValueError("no")


def test_subclasses_are_read_through_their_base_class() -> None:
    for liar, truth in (
        (LyingInt(5), 5),
        (LyingStr("true"), "true"),
        (LyingList([1, 2, 3]), [1, 2, 3]),
        (LyingDict(a=1), {"a": 1}),
        (LyingBytes(b"true"), b"true"),
    ):
        back = there_and_back(liar)
        assert type(back) is type(truth)
        assert back == truth


def test_an_object_that_lies_about_its_class_is_opaque() -> None:
    back = there_and_back(LyingClass())
    assert isinstance(back, Opaque)
    assert back != back
    assert (back == 5) is False
    assert "LyingClass" in back.type_name
    assert "raised ValueError" in back.repr


def test_a_long_repr_is_cut() -> None:
    class Long:
        def __repr__(self) -> str:
            return "x" * 10_000_000

    assert len(there_and_back(Long()).repr) <= 500


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_the_limits_hold_on_both_sides() -> None:
    small = Limits(max_bytes=1000, max_nodes=50, max_depth=4, max_int_bits=100)
    assert loads(dumps(nested(4), small), small) == nested(4)
    for value in (nested(5), list(range(60)), "a" * 2000, b"a" * 2000, 1 << 200, ["a" * 400] * 3):
        with pytest.raises(ValueRefused):
            dumps(value, small)
        with pytest.raises(ValueRefused):
            loads(dumps(value), small)


def test_a_cycle_is_refused() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(ValueRefused):
        dumps(cycle)


def test_a_million_parts_are_fine_and_one_more_is_not() -> None:
    assert len(there_and_back([0] * 999_999)) == 999_999
    with pytest.raises(ValueRefused):
        dumps([0] * 1_000_000)


def test_a_list_that_never_ends_growing_is_refused() -> None:
    class Endless(list[int]):
        pass

    with pytest.raises(ValueRefused):
        dumps(Endless(range(3_000_000)))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '["int","' + "f" * 4_000_000 + '"]',
        '["decimal","1e999999999"]',
        '["decimal","sNaN"]',
        '["set",["list"]]',
        '["dict",1]',
        '["bytes","!"]',
        '["fraction",1,0]',
        '["datetime",0,0,0,0,0,0,0,0,null]',
        '["timedelta",99999999999999,0,0]',
        '["float","1"]',
        '["uuid","x"]',
        '{"a":1}',
        "[]",
        "[1]",
        "NaN",
        "1" * 5000,
    ],
    ids=lambda text: text[:20],
)
def test_forged_text_is_refused_quickly(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(ValueRefused):
        loads(text)
    assert time.monotonic() - started < 1


def test_a_decimal_with_a_gigantic_exponent_arrives_opaque() -> None:
    assert isinstance(there_and_back(Decimal("1e999999999")), Opaque)
    assert there_and_back(Decimal("Infinity")) == Decimal("Infinity")


def test_a_decimal_that_cannot_be_compared_arrives_opaque() -> None:
    assert isinstance(there_and_back(Decimal("sNaN")), Opaque)
    assert there_and_back(Decimal("NaN")).is_qnan()
