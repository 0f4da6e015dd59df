"""HTTP/1.1 on a blocking socket, small and bounded: what an origin needs to read and write."""

from __future__ import annotations

import http
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

MAX_LINE_BYTES = 65_536
MAX_HEADERS = 200
FIELD_BYTES = 200
"""What a header or a part of a query costs beside its text (a tuple and two strings)."""

_PIECE_BYTES = 1 << 20
_LINE_ENDS = (b"\r\n", b"\n")
# int() would take signs, underscores and 0x, too.
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")


Charge = Callable[[int], None]
"""Is told of bytes before they are kept, and may raise."""


def _free(_size: int) -> None:
    """Charge nothing."""


class BadRequest(Exception):
    """The client sent something that is not HTTP/1.x, or more than is allowed."""


class Headers(Mapping[str, str]):
    """Header fields in order of arrival; names compare without case, repeated ones are joined by commas."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.fields = list(fields)

    def get_all(self, name: str) -> list[str]:
        """Every value of a field, in order."""
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key.lower() for key, _ in self.fields))

    def __len__(self) -> int:
        return len({key.lower() for key, _ in self.fields})

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def __repr__(self) -> str:
        return f"Headers({self.fields!r})"


def read_head(stream: io.BufferedIOBase, charge: Charge = _free) -> tuple[str, str, str, Headers] | None:
    """Method, target, version and headers of the next request, None at the end.

    Raises BadRequest, and whatever `charge` raises.
    """
    line = _line(stream)
    if line in _LINE_ENDS:
        line = _line(stream)  # RFC 9112 section 2.2: one empty line before a request is ignored
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest(f"not a request line: {line[:80]!r}")
    try:
        urlsplit(parts[1])
    except ValueError:
        raise BadRequest(f"not a request target: {parts[1][:80]!r}") from None
    # It is kept whole, unquoted, and as the parts of its query.
    charge(4 * len(line) + FIELD_BYTES * parts[1].count("&"))
    fields: list[tuple[str, str]] = []
    while (line := _line(stream)) not in _LINE_ENDS:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip() or len(fields) >= MAX_HEADERS:
            raise BadRequest(f"not a header: {line[:80]!r}")
        charge(len(line) + FIELD_BYTES)
        fields.append((name, value.strip()))
    return parts[0], parts[1], parts[2], Headers(fields)


def read_body(stream: io.BufferedIOBase, headers: Headers, max_bytes: int, charge: Charge = _free) -> bytes:
    """The request's body, by Content-Length or chunked.

    Raises BadRequest, OSError, and whatever `charge` raises.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunked(stream, max_bytes, charge)
    text = headers.get("content-length", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 20:
        raise BadRequest(f"not a Content-Length: {text[:40]!r}")
    length = int(text)
    if length > max_bytes:
        raise BadRequest(f"body of {length} bytes")
    body = bytearray()
    _read_onto(body, stream, length, charge)
    return bytes(body)


def _read_onto(body: bytearray, stream: io.BufferedIOBase, size: int, charge: Charge) -> None:
    """Read `size` bytes more. They are charged as they come, since a client may promise and not send them."""
    end = len(body) + size
    while len(body) < end:
        piece = min(_PIECE_BYTES, end - len(body))
        charge(piece)
        part = stream.read(piece)
        if len(part) < piece:
            raise BadRequest("the client closed in the middle of a body")
        body += part


def _chunked(stream: io.BufferedIOBase, max_bytes: int, charge: Charge) -> bytes:
    body = bytearray()
    while True:
        line = _line(stream)
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            raise BadRequest(f"not a chunk size: {line[:20]!r}")
        size = int(found[1], 16)
        if len(body) + size > max_bytes:
            raise BadRequest("a chunked body that is too large")
        if size == 0:
            break
        _read_onto(body, stream, size, charge)
        if (line := _line(stream)) not in _LINE_ENDS:
            raise BadRequest(f"a chunk that goes on after its end: {line[:20]!r}")
    for _ in range(MAX_HEADERS):
        if _line(stream) in (*_LINE_ENDS, b""):
            return bytes(body)
    raise BadRequest("too many trailers")


def _line(stream: io.BufferedIOBase) -> bytes:
    line = stream.readline(MAX_LINE_BYTES + 1)
    if len(line) > MAX_LINE_BYTES:
        raise BadRequest("a line that is too long")
    return line


def response_head(status: int, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> bytes:
    """The status line and the header block."""
    try:
        reason = http.HTTPStatus(status).phrase
    except ValueError:
        reason = "Status"
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in pairs)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def has_body(method: str, status: int) -> bool:
    """Whether a response to `method` with `status` carries a body (RFC 9110 section 6.4.1)."""
    return method != "HEAD" and status >= 200 and status not in (204, 304)
