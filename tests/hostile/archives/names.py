"""Names that lead elsewhere, and names that mislead."""

import struct
import zlib

from catalogue import EVIL, RIGHT, WRONG, harmless, refused, tarred, zipped
from formats import Entry, gnu_name, gzip, member, pax, zip_archive

# -- names that lead elsewhere ----------------------------------------------------------------------------


@refused("dot-dot-in-a-zip", "parent_component", "a zip entry above the folder it is unpacked to", "zip")
def _() -> bytes:
    return zipped(Entry(b"../../../../tmp/escape.py", EVIL))


@refused("dot-dot-in-the-middle", "parent_component", "a path that goes down and further up again", "tar")
def _() -> bytes:
    return tarred(member(b"package/./sub/../../../escape.py", EVIL))


@refused(
    "dot-dot-below-a-left-out-folder",
    "parent_component",
    "hides `..` below .git, which is left out",
    "tar.gz",
)
def _() -> bytes:
    return gzip(tarred(member(b".git/../../escape.py", EVIL)))


@refused("dot-dot-in-the-prefix", "parent_component", "the upper half of a ustar name climbs", "tar")
def _() -> bytes:
    return tarred(member(b"escape.py", EVIL, prefix=b"../../tmp"))


@refused("dot-dot-in-a-gnu-long-name", "parent_component", "a GNU long name replaces an innocent one", "tgz")
def _() -> bytes:
    return gzip(tarred(gnu_name(b"../escape.py"), member(b"innocent.py", EVIL)))


@refused("dot-dot-in-a-pax-path", "parent_component", "a pax record replaces an innocent name", "tar")
def _() -> bytes:
    return tarred(pax(path=b"../../escape.py"), member(b"innocent.py", EVIL))


@refused(
    "dot-dot-in-a-unicode-path-field", "corrupt_archive", "an extra field gives the entry another name", "zip"
)
def _() -> bytes:
    name, other = b"innocent.py", b"../../escape.py"
    field = b"\x01" + struct.pack("<I", zlib.crc32(name)) + other
    return zipped(Entry(name, EVIL, extra=struct.pack("<HH", 0x7075, len(field)) + field))


@harmless("dot-dot-in-disguise", "per cent, full-width and one-dot spellings of `..` are plain names", "zip")
def _() -> bytes:
    names = (
        "%2e%2e/escape.py",
        "．．/escape.py",
        "‥/escape.py",
        ".../escape.py",
        "..;/escape.py",
        "~/.bashrc",
    )
    return zipped(*(Entry(name.encode(), EVIL) for name in names))


@refused(
    "overlong-dot-dot", "name_not_utf8", "two dots as overlong UTF-8, which lax decoders take for `..`", "zip"
)
def _() -> bytes:
    return zipped(Entry(b"\xc0\xae\xc0\xae/escape.py", EVIL))


@refused("absolute-name", "absolute_name", "an entry for /opt/takehome", "tar")
def _() -> bytes:
    return tarred(member(b"/opt/takehome/lib/takehome_wire/values.py", EVIL))


@refused("network-share-name", "absolute_name", "an entry on a network share", "zip")
def _() -> bytes:
    return zipped(Entry(b"//192.0.2.1/share/escape.py", EVIL))


@refused("backslash-name", "backslash_in_name", "climbs where a backslash separates", "zip")
def _() -> bytes:
    return zipped(Entry(b"..\\..\\escape.py", EVIL, system=0))


@refused("drive-name", "drive_letter", "an entry on another drive, inside of a wrapper folder", "zip")
def _() -> bytes:
    return zip_archive(
        *(Entry(b"wrapper/" + n, d) for n, d in RIGHT.items()), Entry(b"wrapper/C:escape.py", EVIL)
    )


@refused("nul-in-a-name", "control_character_in_name", "a name that C ends before its extension", "zip")
def _() -> bytes:
    return zipped(Entry(b"escape.py\0.txt", EVIL))


@harmless("device-names-of-windows", "CON, NUL, trailing dots and streams mean nothing here", "zip")
def _() -> bytes:
    names = (b"CON", b"nul.py", b"aux.tar/x.py", b"extra.py.", b"extra.py ", b"extra.py::$DATA", b"COM1.txt")
    return zipped(*(Entry(name, EVIL) for name in names))


# -- names that mislead -----------------------------------------------------------------------------------


@refused(
    "twice-with-other-contents", "duplicate_name", "a right and a wrong work.py: who reads which?", "zip"
)
def _() -> bytes:
    return zip_archive(*(Entry(n, d) for n, d in (*WRONG.items(), *RIGHT.items())))


@refused("twice-in-two-spellings", "duplicate_name", "`work.py` and `./work.py`", "tar")
def _() -> bytes:
    return tarred(member(b"./work.py", EVIL), files=WRONG)


@refused("case-collision", "case_collision", "Work.py and work.py are one file elsewhere", "zip")
def _() -> bytes:
    return zipped(Entry(b"Work.py", EVIL))


@refused("case-collision-beyond-ascii", "case_collision", "the long s is an s in capitals", "tar")
def _() -> bytes:
    return tarred(member(b"lists.py"), member("liſts.py".encode(), EVIL))


@refused("composed-and-decomposed", "duplicate_name", "one name in two Unicode normal forms", "zip")
def _() -> bytes:
    return zipped(Entry("caf\u00e9.py".encode()), Entry("cafe\u0301.py".encode(), EVIL))


@refused(
    "escape-sequence-in-a-name",
    "control_character_in_name",
    "a name that rewrites the reviewer's screen",
    "tar.gz",
)
def _() -> bytes:
    return gzip(tarred(member(b"\x1b[2J\x1b[1;1Hscore 100\n::set-output name=score::100", EVIL)))


@refused("bidi-name", "control_character_in_name", "a name that reads backwards from the middle", "zip")
def _() -> bytes:
    return zipped(Entry("invoice\u202eyp.txt".encode(), EVIL))


@refused("latin-name-in-a-tar", "name_not_utf8", "a name in Latin-1", "tar")
def _() -> bytes:
    return tarred(member(b"caf\xe9.py"))


@refused("dos-name-in-a-zip", "name_not_utf8", "a name in code page 437, without the flag for UTF-8", "zip")
def _() -> bytes:
    return zipped(Entry(b"caf\x82.py", flags=0, system=0))


@refused("surrogate-in-a-name", "name_not_utf8", "half of a surrogate pair, encoded", "zip")
def _() -> bytes:
    return zipped(Entry(b"x\xed\xa0\x80.py"))


@refused("name-of-300-bytes", "name_too_long", "longer than any file system allows", "zip")
def _() -> bytes:
    return zipped(Entry(b"n" * 300 + b".py"))


@refused("path-of-5000-bytes", "name_too_long", "longer than any system call allows", "tar.gz")
def _() -> bytes:
    return gzip(tarred(pax(path=b"/".join([b"p" * 200] * 25)), member(b"x")))


@refused("tree-of-a-thousand-levels", "nested_too_deep", "a thousand folders in each other", "tar")
def _() -> bytes:
    return tarred(gnu_name(b"d/" * 1000 + b"x.py"), member(b"d"))


@refused("empty-component", "empty_component", "a path with nothing between two slashes", "zip")
def _() -> bytes:
    return zipped(Entry(b"package//work.py", EVIL))
