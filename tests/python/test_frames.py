"""Frames: what is encoded comes back, and nothing else is taken for a frame."""

from __future__ import annotations

import io
import json
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from takehome_wire import frames
from takehome_wire.frames import FrameBuffer, FrameError, check_shape, encode_frame, read_frame

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def framed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@given(st.lists(json_values, max_size=4), st.integers(1, 7))
def test_messages_survive_any_cutting_of_the_stream(values: list[object], size: int) -> None:
    messages = [{"type": "x", "value": value} for value in values if depth_of(value) < 15]
    stream = b"".join(encode_frame(message) for message in messages)
    buffer = FrameBuffer()
    found = []
    for offset in range(0, len(stream), size):
        buffer.feed(stream[offset : offset + size])
        while (message := buffer.next_frame()) is not None:
            found.append(message)
    assert found == messages


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_message_or_a_frame_error(body: bytes) -> None:
    try:
        message = frames.decode_body(body)
    except FrameError:
        return
    assert isinstance(message["type"], str)


@given(json_values, st.integers(1, 6))
def test_depth_is_bounded_exactly(value: object, limit: int) -> None:
    text = json.dumps(value).encode()
    if depth_of(value) <= limit:
        check_shape(text, max_depth=limit, max_tokens=1000)
    else:
        with pytest.raises(FrameError):
            check_shape(text, max_depth=limit, max_tokens=1000)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"x"',
        b"{}",
        b'{"type":1}',
        b'{"type":"x"',
        b'{"type":"x","v":NaN}',
        b'{"type":"x","v":Infinity}',
        b'{"type":"\xff"}',
        b'{"type":"x","v":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"type":"x","v":' + b"[" * 10_000,
        b'{"type":"x","v":' + b"9" * 10_000 + b"}",
        b'{"type":"x","v":[' + b"1," * 300_000 + b"1]}",
        b'{"type":"x","v":[' + b'"",' * 300_000 + b'""]}',
        b'{"type":"x"}{"type":"y"}',
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_what_is_no_message_is_a_frame_error(body: bytes) -> None:
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(framed(body)))


def test_brackets_and_commas_inside_of_strings_do_not_count() -> None:
    message = {"type": "x", "value": '[[{{,,"\\' * 100_000}
    assert read_frame(io.BytesIO(encode_frame(message))) == message


def test_hostile_shapes_are_refused_in_linear_time() -> None:
    started = time.monotonic()
    for body in (
        b"[" * 4_000_000,
        b'"\\"' * 1_500_000,
        b'[""' * 1_500_000,
        b"\\" * 4_000_000,
        b"[]" * 2_000_000,
    ):
        with pytest.raises(FrameError):
            frames.decode_body(body)
    assert time.monotonic() - started < 5


def test_an_announced_length_beyond_the_cap_is_refused_before_it_arrives() -> None:
    buffer = FrameBuffer(max_bytes=100)
    buffer.feed(struct.pack(">I", 101))
    with pytest.raises(FrameError):
        buffer.next_frame()
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(b"\xff\xff\xff\xff"))


def test_a_stream_that_ends_between_frames_ends_regularly() -> None:
    assert read_frame(io.BytesIO(b"")) is None
    for cut in (b"\0", b"\0\0\0\5", framed(b'{"type":"x"}')[:-1]):
        with pytest.raises(EOFError):
            read_frame(io.BytesIO(cut))


def test_a_message_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(FrameError):
        encode_frame({"type": "x", "value": "a" * frames.MAX_FRAME_BYTES})
