"""Cursors that were not issued, made from one that was."""

import base64
import binascii
from collections.abc import Callable, Iterator

_MOST = 12
_SHORT = 20
_CODINGS: list[tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = [
    (lambda text: base64.b64decode(text, b"-_", validate=True), lambda data: base64.b64encode(data, b"-_")),
    (lambda text: base64.b64decode(text, validate=True), base64.b64encode),
    (binascii.unhexlify, binascii.hexlify),
    (base64.b16decode, base64.b16encode),
]


def forgeries(cursor: str) -> list[str]:
    """The cursor with one character changed, and with one digit of what it may encode counted up.

    The first kind is seldom a sensible position; the second is one, whenever the position is a number (or a
    hexadecimal id) in text, base64 or base16 and nothing protects it.
    """
    text = cursor.encode()
    telling = [index for index in range(len(text)) if _tells(cursor, index)]
    found = [_altered(text, telling[len(telling) * part // 4]) for part in range(4)] if telling else []
    found += _counted_up(text, telling)
    for decode, encode in _CODINGS:
        for padding in (b"", b"=" * (-len(text) % 4)):
            try:
                data = decode(text + padding)
            except ValueError:
                continue
            changed = [encode(value) for value in _counted_up(data, range(len(data)))]
            found += [value.rstrip(b"=") if padding else value for value in changed]
            break
    return [value for value in dict.fromkeys(value.decode() for value in found) if value != cursor]


def _tells(cursor: str, index: int) -> bool:
    """Whether a change here means something. The last character of base64 has bits that mean nothing, and a
    part of a cursor may end before a separator."""
    if not (cursor[index].isascii() and cursor[index].isalnum()):
        return False
    return len(cursor) < _SHORT or (index < len(cursor) - 4 and cursor[index + 1].isalnum())


def _altered(text: bytes, index: int) -> bytes:
    """Another letter or digit, one that means something else in any coding."""
    return text[:index] + (b"7" if chr(text[index]).isalpha() else b"b") + text[index + 1 :]


def _counted_up(data: bytes, positions: list[int] | range) -> Iterator[bytes]:
    digits = [index for index in positions if chr(data[index]) in "0123456789"]
    for index in digits[:_MOST]:
        yield data[:index] + str((int(chr(data[index])) + 1) % 10).encode() + data[index + 1 :]
