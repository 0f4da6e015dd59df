"""Zip, tar, gzip and deflate written by hand, so that they can lie and every machine writes the same bytes.

No compressor of the standard library is used: what zlib makes of the same data depends on its version.
"""

import struct
import zlib
from dataclasses import dataclass

# -- deflate (RFC 1951) -------------------------------------------------------------------------------------

_WINDOW = 32_768


class Deflate:
    """A deflate stream, block by block."""

    def __init__(self) -> None:
        self._out = bytearray()
        self._hold = 0
        self._held = 0

    def stored(self, data: bytes, *, last: bool = False) -> "Deflate":
        """A block that is not compressed, of at most 65,535 bytes."""
        self._put(int(last), 3)
        self._align()
        self._out += struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data
        return self

    def zeros(self, count: int, *, last: bool = True) -> "Deflate":
        """At least `count` zero bytes, 1,032 for each of the stream: one bit a length, one a distance."""
        self._put(int(last) | 2 << 1, 3)
        self._put(29, 5)  # 286 codes of literals and lengths
        self._put(0, 5)  # one of distances
        self._put(14, 4)
        # Lengths of the code for code lengths, in their odd order: 18 is one bit; 2 and 1 are two.
        for length in (0, 0, 1, *[0] * 12, 2, 0, 2):
            self._put(length, 3)
        two, one, run = (3, 2), (1, 2), (0, 1)  # as bits go out: the code's first bit first
        for bits, extra in (two, 0), (run, 138), (run, 117), (two, 0), (run, 28), (one, 0), (one, 0):
            self._put(*bits)
            if extra:
                self._put(extra - 11, 7)
        self._put(1, 2)  # a literal 0
        for _ in range(zeros_made(count) // 258):
            self._put(0, 2)  # length 258, distance 1
        self._put(3, 2)
        return self

    def packed(self, data: bytes, *, last: bool = True) -> "Deflate":
        """A block with the fixed codes: literals, and copies of what came before."""
        self._put(int(last) | 1 << 1, 3)
        seen: dict[bytes, int] = {}
        at = 0
        while at < len(data):
            start = seen.get(data[at : at + 4], -_WINDOW)
            size = 0
            if len(data) - at >= 4 and at - start < _WINDOW:
                while size < 258 and at + size < len(data) and data[start + size] == data[at + size]:
                    size += 1
            seen[data[at : at + 4]] = at
            if size < 4:
                self._symbol(data[at])
                at += 1
            else:
                self._copy(size, at - start)
                at += size
        self._symbol(256)
        return self

    def done(self) -> bytes:
        self._align()
        return bytes(self._out)

    def _copy(self, size: int, distance: int) -> None:
        if size == 258:
            self._symbol(285)
        elif size <= 10:
            self._symbol(254 + size)
        else:
            extra = (size - 3).bit_length() - 3
            self._symbol(257 + 4 * extra + ((size - 3) >> extra))
            self._put((size - 3) & ((1 << extra) - 1), extra)
        distance -= 1
        extra = max(0, distance.bit_length() - 2)
        self._code(2 * extra + (distance >> extra), 5)
        self._put(distance & ((1 << extra) - 1), extra)

    def _symbol(self, value: int) -> None:
        if value < 144:
            self._code(0x30 + value, 8)
        elif value < 256:
            self._code(0x190 + value - 144, 9)
        elif value < 280:
            self._code(value - 256, 7)
        else:
            self._code(0xC0 + value - 280, 8)

    def _code(self, value: int, bits: int) -> None:
        """A Huffman code: its first bit first."""
        self._put(int(f"{value:0{bits}b}"[::-1], 2), bits)

    def _put(self, value: int, bits: int) -> None:
        self._hold |= value << self._held
        self._held += bits
        while self._held >= 8:
            self._out.append(self._hold & 0xFF)
            self._hold >>= 8
            self._held -= 8

    def _align(self) -> None:
        if self._held:
            self._put(0, 8 - self._held)


def zeros_made(count: int) -> int:
    """How many zeros `Deflate.zeros(count)` makes."""
    return 1 + -(-(count - 1) // 258) * 258


# -- gzip (RFC 1952) ----------------------------------------------------------------------------------------


def gzip(data: bytes, deflated: bytes | None = None, *, crc: int | None = None) -> bytes:
    """One gzip member; `deflated` when it is not to be packed here."""
    body = Deflate().packed(data).done() if deflated is None else deflated
    crc = zlib.crc32(data) if crc is None else crc
    head = b"\x1f\x8b\x08" + bytes(5) + b"\x00\xff"
    return head + body + struct.pack("<II", crc, len(data) & 0xFFFFFFFF)


# -- zip (APPNOTE) ------------------------------------------------------------------------------------------

STORED, DEFLATED = 0, 8
UTF8, ENCRYPTED = 0x800, 0x1
_DATE = 0x21  # 1 January 1980


@dataclass(frozen=True)
class Entry:
    """One file of a zip, and every field in which it may lie."""

    name: bytes
    data: bytes = b""
    mode: int = 0o100644
    system: int = 3
    method: int = STORED
    packed: bytes | None = None
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    flags: int = UTF8
    extra: bytes = b""
    local_name: bytes | None = None
    local_size: int | None = None
    # A central directory entry for bytes that another one wrote.
    at: int | None = None

    @property
    def body(self) -> bytes:
        return self.data if self.packed is None else self.packed

    def _fields(self, size: int | None) -> bytes:
        stated = len(self.data) if size is None else size
        packed = len(self.body) if self.packed_size is None else self.packed_size
        if size is not None and self.method == STORED:
            packed = size
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        return struct.pack("<HHHHIII", self.flags, self.method, 0, _DATE, crc, packed, stated)

    def local(self) -> bytes:
        name = self.name if self.local_name is None else self.local_name
        size = self.size if self.local_size is None else self.local_size
        head = b"PK\x03\x04" + struct.pack("<H", 20) + self._fields(size)
        return head + struct.pack("<HH", len(name), len(self.extra)) + name + self.extra + self.body

    def central(self, offset: int) -> bytes:
        head = b"PK\x01\x02" + struct.pack("<BBH", 20, self.system, 20) + self._fields(self.size)
        sizes = struct.pack("<HHHHH", len(self.name), len(self.extra), 0, 0, 0)
        return head + sizes + struct.pack("<II", self.mode << 16, offset) + self.name + self.extra


def zip_archive(
    *entries: Entry, count: int | None = None, comment: bytes = b"", zip64: bool = False
) -> bytes:
    """A zip; `count` is how many entries it says it has."""
    body, directory = bytearray(), bytearray()
    for entry in entries:
        offset = len(body) if entry.at is None else entry.at
        if entry.at is None:
            body += entry.local()
        directory += entry.central(offset)
    return bytes(body + directory) + zip_end(
        len(entries) if count is None else count, len(directory), len(body), comment, zip64
    )


def zip_end(count: int, size: int, offset: int, comment: bytes = b"", zip64: bool = False) -> bytes:
    """The end of the central directory, in the Zip64 form before it where asked."""
    end = b""
    if zip64:
        record = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, offset)
        end = b"PK\x06\x06" + record + b"PK\x06\x07" + struct.pack("<IQI", 0, offset + size, 1)
        count = 0xFFFF
    fields = struct.pack("<HHHHIIH", 0, 0, count, count, size, offset, len(comment))
    return end + b"PK\x05\x06" + fields + comment


# -- tar (POSIX.1-2017, ustar and pax) ----------------------------------------------------------------------


def member(
    name: bytes,
    data: bytes = b"",
    *,
    kind: bytes = b"0",
    mode: int = 0o644,
    link: bytes = b"",
    prefix: bytes = b"",
    size: bytes | None = None,
    device: tuple[int, int] = (0, 0),
    magic: bytes = b"ustar\x0000",
    rest: bytes | None = None,
) -> bytes:
    """A header and its data. `size`: the bytes of that field; `rest`: what follows the magic."""
    stated = b"%011o\0" % len(data) if size is None else size
    if rest is None:
        rest = bytes(64) + b"%07o\0%07o\0" % device + prefix.ljust(155, b"\0")
    fields = [name.ljust(100, b"\0"), b"%07o\0" % mode, b"%07o\0%07o\0" % (0, 0), stated, b"%011o\0" % 0]
    head = b"".join([*fields, b" " * 8, kind, link.ljust(100, b"\0"), magic, rest]).ljust(512, b"\0")
    head = head[:148] + b"%06o\0 " % sum(head) + head[156:]
    return head + data + bytes(-len(data) % 512)


def pax(kind: bytes = b"x", **records: bytes) -> bytes:
    """An extended header (`x` for the next entry, `g` for all); `__` in a key stands for a dot."""
    body = b"".join(pax_record(key.replace("__", ".").encode(), value) for key, value in records.items())
    return member(b"PaxHeaders/x", body, kind=kind)


def pax_record(key: bytes, value: bytes) -> bytes:
    rest = len(key) + len(value) + 3
    total = rest + len(str(rest))
    total = rest + len(str(total))
    return b"%d %s=%s\n" % (total, key, value)


def gnu_name(name: bytes, kind: bytes = b"L") -> bytes:
    """GNU's long name (`L`) or long link (`K`) of the next entry."""
    return member(b"././@LongLink", name + b"\0", kind=kind, magic=b"ustar  \0")


def tar(*members: bytes) -> bytes:
    return b"".join(members) + bytes(1024)
