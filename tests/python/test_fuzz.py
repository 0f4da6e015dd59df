"""Fuzz targets of what both sides read: frames and values. CONTRIBUTING.md says how to keep a finding."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import struct
import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fuzzing import fuzz
from takehome_pytest.compare import bounded_explanation
from takehome_pytest.faults import CandidateException
from takehome_pytest.functions import decoders
from takehome_pytest.grading import MAX_MESSAGE_CHARS, describe_error, plain_text
from takehome_wire.frames import (
    MAX_FRAME_DEPTH,
    FrameBuffer,
    FrameError,
    check_shape,
    decode_body,
    encode_frame,
    read_frame,
)
from takehome_wire.limits import Limits, ValueRefused
from takehome_wire.values import Opaque, dumps, loads

JSON_WORDS = (
    b'{"type":"',
    b'"type":',
    b"[[[[[[[[",
    b"]]]]",
    b"{",
    b"}",
    b",",
    b'"',
    b"\\",
    b'\\"',
    b"\\u0000",
    b"\\ud800",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-0",
    b"9" * 60,
    b"null",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\0\0\0\x02{}",
)
VALUE_WORDS = (
    *(
        b'["%s",' % tag
        for tag in (b"list", b"tuple", b"set", b"frozenset", b"dict", b"int", b"float", b"text")
    ),
    *(
        b'["%s",' % tag
        for tag in (b"bytes", b"decimal", b"fraction", b"complex", b"uuid", b"opaque", b"date")
    ),
    *(b'["%s",' % tag for tag in (b"datetime", b"time", b"timedelta", b"exception", b"nonsense")),
    b'"sNaN"',
    b'"-Infinity"',
    b'"1e999999"',
    b'"f"',
    b"null",
    b"[]",
    b"]",
    b",",
)
SMALL = Limits(max_bytes=20_000, max_depth=12, max_nodes=500, max_int_bits=4_000)
PLAIN = (
    *(type(None), bool, int, float, str, bytes, complex, list, tuple, set, frozenset, dict),
    *(Decimal, Fraction, uuid.UUID, dt.datetime, dt.date, dt.time, dt.timedelta, Opaque),
)


# -- frames ---------------------------------------------------------------------------------------


def shape_of(text: str) -> tuple[int, int]:
    """Depth and number of elements of valid JSON, character by character."""
    depth = deepest = elements = 0
    for piece in re.sub(r'"(?:[^"\\]|\\.)*"', "", text, flags=re.DOTALL):
        depth += (piece in "[{") - (piece in "]}")
        deepest = max(deepest, depth)
        elements += piece in "[{,"
    return deepest, elements


def plainly(body: bytes) -> Any:
    """What the json module makes of strict JSON. Raises ValueError."""

    def refuse(name: str) -> Any:
        raise ValueError(name)

    try:
        return json.loads(body.decode("utf-8"), parse_constant=refuse)
    except RecursionError:
        raise ValueError("too deep") from None


def is_message(body: bytes, max_tokens: int) -> bool:
    try:
        message = plainly(body)
    except ValueError:
        return False
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    depth, elements = shape_of(body.decode())
    return depth <= MAX_FRAME_DEPTH and elements <= max_tokens


def check_stream(stream: bytes) -> None:
    found, end = [], ""
    blocking = io.BytesIO(stream)
    try:
        while (message := read_frame(blocking, 1000)) is not None:
            found.append(message)
    except (FrameError, EOFError) as error:
        end = type(error).__name__
    for size in (1, 5, 1000):
        buffer, seen = FrameBuffer(1000), []
        error_name = ""
        try:
            for offset in range(0, len(stream), size):
                buffer.feed(stream[offset : offset + size])
                while (message := buffer.next_frame()) is not None:
                    seen.append(message)
        except FrameError:
            error_name = "FrameError"
        assert seen == found
        assert (error_name or ("EOFError" if len(buffer) else "")) == end
    for message in found:
        assert read_frame(io.BytesIO(encode_frame(message))) == message


def check_body(body: bytes) -> None:
    for max_tokens in (3, 32, 200_000):
        try:
            message = decode_body(body, max_tokens)
        except FrameError:
            # The tokens are counted in what cannot be a message, too.
            assert not is_message(body, max_tokens)
        else:
            assert is_message(body, max_tokens)
            assert message == plainly(body)
    try:
        plainly(body)
    except ValueError:
        return
    depth, elements = shape_of(body.decode())
    for max_depth, max_tokens in ((0, 9), (1, 1), (2, 4), (5, 20), (40, 1000)):
        fits = depth <= max_depth and elements <= max_tokens
        try:
            check_shape(body, max_depth=max_depth, max_tokens=max_tokens)
        except FrameError:
            assert not fits, (max_depth, max_tokens)
        else:
            assert fits, (max_depth, max_tokens)


def test_streams_of_frames() -> None:
    fuzz("frames", check_stream, words=(*JSON_WORDS, struct.pack(">I", 1001), struct.pack(">I", 2)))


def test_bodies_of_frames() -> None:
    fuzz("bodies", check_body, words=JSON_WORDS, as_json=True)


# -- values ---------------------------------------------------------------------------------------


def parts_of(value: Any, depth: int = 0) -> list[tuple[Any, int]]:
    """A value and all that is in it, with its depth."""
    if type(value) in (list, tuple, set, frozenset):
        inner = list(value)
    elif type(value) is dict:
        inner = [*value, *value.values()]
    else:
        return [(value, depth)]
    return [(value, depth + 1), *[part for item in inner for part in parts_of(item, depth + 1)]]


def normal(value: Any) -> Any:
    """Something to compare, in which NaN equals itself and sets have an order."""
    if type(value) in (list, tuple):
        return type(value).__name__, [normal(item) for item in value]
    if type(value) in (set, frozenset):
        return type(value).__name__, sorted(repr(normal(item)) for item in value)
    if type(value) is dict:
        return "dict", [(normal(key), normal(item)) for key, item in value.items()]
    return type(value).__name__, repr(value)


def check_value(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        value = loads(text, SMALL)
    except ValueRefused as error:
        assert len(str(error)) < 1000
        return
    parts = parts_of(value)
    assert {type(part) for part, _ in parts} <= set(PLAIN)
    assert len(parts) <= SMALL.max_nodes
    assert max(depth for _, depth in parts) <= SMALL.max_depth
    for part, _ in parts:
        if type(part) is int:
            assert part.bit_length() <= 4 * SMALL.max_bytes
        if type(part) is Opaque:
            assert len(part.type_name) <= 200 and len(part.repr) <= 2000
    if not any(type(part) is Opaque for part, _ in parts):
        assert normal(loads(dumps(value))) == normal(value)


def check_exception(data: bytes) -> None:
    try:
        value = loads(data.decode("utf-8", "surrogateescape"), SMALL, decoders())
    except ValueRefused:
        return
    if not isinstance(value, BaseException):
        return
    kind = type(value)
    assert issubclass(kind, CandidateException) or kind.__module__ == "builtins"
    assert not isinstance(value, (KeyboardInterrupt, GeneratorExit, StopIteration, StopAsyncIteration))
    assert value.__traceback__ is None and value.__cause__ is None
    try:
        raise value
    except BaseException as caught:
        assert caught is value
    message = plain_text(describe_error(value))
    assert len(message) <= MAX_MESSAGE_CHARS
    assert all(char == "\n" or char.isprintable() or char.isspace() for char in message), ascii(message)


def check_explanation(data: bytes) -> None:
    values = []
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        try:
            values.append(loads(line, SMALL))
        except ValueRefused:
            continue
    for left, right in zip(values, [*values[1:], *values[:1]], strict=True):
        for operator in ("==", "in", "<"):
            lines = bounded_explanation(operator, left, right)
            assert lines is None or sum(map(len, lines)) < 5_000


def test_values() -> None:
    fuzz("values", check_value, words=VALUE_WORDS, as_json=True)


def test_exceptions() -> None:
    fuzz("exceptions", check_exception, words=VALUE_WORDS, as_json=True)


def test_explanations_of_comparisons() -> None:
    fuzz("explanations", check_explanation, words=VALUE_WORDS, as_json=True)
