"""Length-prefixed JSON frames: 4 bytes of big-endian length, then one JSON object with a string `type`.

Every byte that arrives may be hostile. The nesting and the number of tokens are bounded before the JSON
parser sees the text, so that a small frame cannot cost a large amount of memory or of C stack.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, Protocol

MAX_FRAME_BYTES = 16 * 1024 * 1024
MAX_FRAME_DEPTH = 16
MAX_FRAME_TOKENS = 200_000
_HEADER = struct.Struct(">I")
HEADER_BYTES = _HEADER.size

_BRACKETS_AND_COMMAS = bytes(b for b in range(256) if b not in b"[]{},")

_BRACES_AS_BRACKETS = bytes.maketrans(b"{}", b"[]")


class FrameError(Exception):
    """The peer sent something that is not a frame of this protocol."""


class Readable(Protocol):
    """A blocking binary stream."""

    def read(self, size: int, /) -> bytes | None: ...


def encode_frame(message: Mapping[str, Any]) -> bytes:
    """The bytes of one frame. Raises FrameError when it would be longer than MAX_FRAME_BYTES."""
    body = json.dumps(message, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
    if len(body) > MAX_FRAME_BYTES:
        raise FrameError(f"frame of {len(body)} bytes is longer than {MAX_FRAME_BYTES}")
    return _HEADER.pack(len(body)) + body


def decode_body(body: bytes, max_tokens: int = MAX_FRAME_TOKENS) -> dict[str, Any]:
    """The message of a frame's body. Raises FrameError for anything that is not one."""
    message = parse_json(body, max_depth=MAX_FRAME_DEPTH, max_tokens=max_tokens)
    if not isinstance(message, dict):
        raise FrameError("frame is not a JSON object")
    if not isinstance(message.get("type"), str):
        raise FrameError("frame has no type")
    return message


def parse_json(text: bytes, *, max_depth: int, max_tokens: int) -> Any:
    """Parse strict JSON whose depth and size are bounded beforehand. Raises FrameError."""
    check_shape(text, max_depth=max_depth, max_tokens=max_tokens)
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"malformed JSON: {error}") from None


def check_shape(text: bytes, *, max_depth: int, max_tokens: int) -> None:
    """Refuse JSON text that nests deeper or has more elements than allowed, in linear time and C speed."""
    crude = text.count(b",") + text.count(b"[") + text.count(b"{")
    if crude <= min(max_depth, max_tokens):
        return
    # Outside of strings only: drop escaped characters, then every second piece is inside quotes.
    plain = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > 4 * max_tokens + 4:
        raise FrameError(f"JSON with more than {max_tokens} elements")
    structure = b"".join(plain.split(b'"')[::2]).translate(None, _BRACKETS_AND_COMMAS)
    if structure.count(b",") + structure.count(b"[") + structure.count(b"{") > max_tokens:
        raise FrameError(f"JSON with more than {max_tokens} elements")
    brackets = structure.translate(_BRACES_AS_BRACKETS, b",")
    for _ in range(max_depth):
        if not brackets:
            return
        brackets = brackets.replace(b"[]", b"")  # removes exactly the innermost level
    if brackets:
        raise FrameError(f"JSON nested deeper than {max_depth} levels, or unbalanced")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class FrameBuffer:
    """Cuts a stream of bytes that arrives in pieces into frames."""

    def __init__(self, max_bytes: int = MAX_FRAME_BYTES, max_tokens: int = MAX_FRAME_TOKENS) -> None:
        self._data = bytearray()
        self._max_bytes = max_bytes
        self._max_tokens = max_tokens

    def __len__(self) -> int:
        return len(self._data)

    def feed(self, data: bytes) -> None:
        """Add bytes as they arrived."""
        self._data += data

    def next_frame(self) -> dict[str, Any] | None:
        """The next whole message, or None when more bytes are needed. Raises FrameError."""
        if len(self._data) < HEADER_BYTES:
            return None
        (length,) = _HEADER.unpack_from(self._data)
        if length > self._max_bytes:
            raise FrameError(f"frame of {length} bytes is longer than {self._max_bytes}")
        end = HEADER_BYTES + length
        if len(self._data) < end:
            return None
        body = bytes(memoryview(self._data)[HEADER_BYTES:end])
        # A new buffer: an emptied one would keep its memory, and what was in it, for workers to inherit.
        self._data = self._data[end:]
        return decode_body(body, self._max_tokens)


def read_exactly(stream: Readable, size: int) -> bytes:
    """Exactly `size` bytes of a blocking stream. Raises EOFError when it ends before."""
    parts: list[bytes] = []
    missing = size
    while missing:
        part = stream.read(min(missing, 1 << 20))
        if not part:
            raise EOFError(f"stream ended {missing} bytes early")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def read_frame(stream: Readable, max_bytes: int = MAX_FRAME_BYTES) -> dict[str, Any] | None:
    """The next message of a blocking stream, None at its regular end. Raises FrameError or EOFError."""
    first = stream.read(1)
    if not first:
        return None
    (length,) = _HEADER.unpack(first + read_exactly(stream, HEADER_BYTES - 1))
    if length > max_bytes:
        raise FrameError(f"frame of {length} bytes is longer than {max_bytes}")
    return decode_body(read_exactly(stream, length))
