"""Archives that contradict themselves, or are none."""

import struct

from catalogue import EVIL, RIGHT, WRONG, harmless, no_gain, refused, tarred, two_directories, zipped
from formats import DEFLATED, ENCRYPTED, Deflate, Entry, gzip, member, pax, tar, zip_archive, zip_end


@refused("truncated-zip", "corrupt_archive", "its end is missing", "zip")
def _() -> bytes:
    return zipped()[:-30]


@refused("truncated-tar", "corrupt_archive", "it ends in the middle of a file", "tar")
def _() -> bytes:
    return tarred()[:1500]


@refused("truncated-gzip", "corrupt_archive", "every file is there and the checksum is not", "tar.gz")
def _() -> bytes:
    return gzip(tarred())[:-6]


@refused("wrong-checksum-in-a-zip", "corrupt_archive", "a file that is not the one that was packed", "zip")
def _() -> bytes:
    return zip_archive(*(Entry(name, data, crc=1) for name, data in RIGHT.items()))


@refused("wrong-checksum-of-a-gzip", "corrupt_archive", "a tar that is not the one that was packed", "tgz")
def _() -> bytes:
    return gzip(tarred(), crc=1)


@refused("wrong-checksum-of-a-header", "corrupt_archive", "a tar header that was changed", "tar")
def _() -> bytes:
    return tarred(member(b"notes.py")).replace(b"notes.py", b"n0tes.py")


@refused("other-name-in-the-local-header", "corrupt_archive", "two names for one entry", "zip")
def _() -> bytes:
    return zipped(Entry(b"notes.py", EVIL, local_name=b"w0rk.py."))


@refused("other-size-in-the-local-header", "corrupt_archive", "two sizes for one entry", "zip")
def _() -> bytes:
    return zipped(Entry(b"notes.py", EVIL, local_size=3))


@refused("smaller-than-declared", "corrupt_archive", "a file that ends before its size", "zip")
def _() -> bytes:
    packed = Deflate().packed(EVIL).done()
    return zipped(Entry(b"notes.py", EVIL, method=DEFLATED, packed=packed, size=len(EVIL) + 100))


@refused("hidden-entry", "corrupt_archive", "one entry more than the directory says", "zip")
def _() -> bytes:
    return zipped(Entry(b"hidden.py", EVIL), count=2)


@refused("sizes-of-zip64-that-lie", "corrupt_archive", "an extra field says an exabyte", "zip")
def _() -> bytes:
    field = struct.pack("<HHQQ", 1, 16, 1 << 60, 1 << 60)
    return zipped(Entry(b"notes.py", EVIL, size=0xFFFFFFFF, packed_size=0xFFFFFFFF, extra=field))


@refused("encrypted-entry", "encrypted_entry", "bytes that only the sender can read", "zip")
def _() -> bytes:
    return zipped(Entry(b"secret.py", b"\x7f" * 40, flags=ENCRYPTED | 0x800))


@refused(
    "rare-compression",
    "unsupported_compression",
    "LZMA in a zip, whose decoder needs gigabytes on request",
    "zip",
)
def _() -> bytes:
    packed = b"\x09\x14\x05\0\x5d\xff\xff\xff\xff" + bytes(20)
    return zipped(Entry(b"notes.py", EVIL, method=14, packed=packed))


@refused(
    "two-ends",
    "corrupt_archive",
    "a right solution by the first end of the directory, a wrong one by the last",
    "zip",
)
def _() -> bytes:
    body, right, wrong = two_directories()
    last = zip_end(len(WRONG), len(wrong), len(body) + len(right))
    return body + right + wrong + zip_end(len(RIGHT), len(right), len(body), comment=last)


@refused(
    "two-ends-of-zip64", "corrupt_archive", "some readers believe the Zip64 end, others the plain one", "zip"
)
def _() -> bytes:
    # The directory that the Zip64 end names hides in a comment of the other one.
    body, right, wrong = two_directories()
    last = list(RIGHT)[-1]
    at = right.rindex(b"PK\x01\x02")
    comment = struct.pack("<H", len(wrong))
    right = right[: at + 32] + comment + right[at + 34 :] + wrong
    assert right[at + 46 :].startswith(last)
    zip64 = zip_end(len(WRONG), len(wrong), len(body) + len(right) - len(wrong), zip64=True)[:-22]
    return body + right + zip64 + zip_end(len(RIGHT), len(right), len(body))


@no_gain("entry-without-directory", "a right solution that only readers of streams see", "zip")
def _() -> bytes:
    hidden = b"".join(Entry(name, data).local() for name, data in RIGHT.items())
    offset = len(hidden)
    shown, directory = b"", b""
    for name, data in WRONG.items():
        entry = Entry(name, data)
        directory += entry.central(offset + len(shown))
        shown += entry.local()
    return hidden + shown + directory + zip_end(len(WRONG), len(directory), len(hidden + shown))


@refused(
    "pax-size-that-differs",
    "corrupt_archive",
    "a record hides an archive in a file, or a file in an archive",
    "tar",
)
def _() -> bytes:
    hidden = member(b"work.py", EVIL)
    return tarred(pax(size=b"%d" % len(hidden)), member(b"notes.txt", size=b"%011o\0" % 0) + hidden)


@refused("negative-size", "corrupt_archive", "a size of minus one, in base 256", "tar")
def _() -> bytes:
    return tarred(member(b"notes.py", EVIL, size=b"\xff" * 12))


@refused("size-that-is-no-number", "corrupt_archive", "letters where octal digits belong", "tar")
def _() -> bytes:
    return tarred(member(b"notes.py", EVIL, size=b"0x7fffffff\0\0"))


@refused(
    "malformed-extended-header", "corrupt_archive", "a record that says it is longer than all of them", "tar"
)
def _() -> bytes:
    return tarred(member(b"PaxHeaders/x", b"99999999 path=../x\n", kind=b"x"), member(b"notes.py"))


@refused("header-for-nothing", "corrupt_archive", "an extended header at the end, for whoever appends", "tar")
def _() -> bytes:
    return tarred(pax(path=b"../escape.py"))


@harmless(
    "record-for-all-entries", "a global header that would rename and resize every file is ignored", "tar"
)
def _() -> bytes:
    return tar(pax(b"g", path=b"../escape.py", size=b"0"), tarred())


@refused(
    "gzip-with-trailing-garbage", "corrupt_archive", "bytes after the end that belong to nothing", "tar.gz"
)
def _() -> bytes:
    return gzip(tarred()) + b"\x00\x01garbage" * 20


@harmless(
    "gzip-in-two-members", "one tar cut in the middle of a file, its halves packed one by one", "tar.gz"
)
def _() -> bytes:
    whole = tarred()
    return gzip(whole[:777]) + gzip(whole[777:])


@no_gain("tar-that-is-a-zip-too", "a wrong solution as a tar, with a right one as a zip at its end", "zip")
def _() -> bytes:
    first = tarred(files=WRONG)
    inner = bytearray()
    directory = b""
    for name, data in RIGHT.items():
        entry = Entry(name, data)
        directory += entry.central(len(first) + len(inner))
        inner += entry.local()
    return first + bytes(inner) + directory + zip_end(len(RIGHT), len(directory), len(first) + len(inner))


@refused("program-that-is-a-zip-too", "not_an_archive", "a self-extracting archive", "zip")
def _() -> bytes:
    return b"MZ" + bytes(126) + zipped()


@refused("empty-zip", "empty_submission", "a zip without entries", "zip")
def _() -> bytes:
    return zip_archive()


@refused("empty-tar", "empty_submission", "folders and nothing in them", "tar.gz")
def _() -> bytes:
    return gzip(tar(member(b"package/", kind=b"5"), member(b"package/sub/", kind=b"5")))


@refused("zero-bytes", "not_an_archive", "an upload that never began", "zip")
def _() -> bytes:
    return b""


@refused("text-called-zip", "not_an_archive", "a script with the name of an archive", "zip")
def _() -> bytes:
    return b"#!/bin/sh\ntouch /tmp/escaped\n"


@refused("gzip-without-a-tar", "not_an_archive", "a packed file that is no archive", "tgz")
def _() -> bytes:
    return gzip(RIGHT[b"work.py"])


@harmless("one-folder-around", "the folder that zip tools add, with left-out files beside it", "zip")
def _() -> bytes:
    entries = [Entry(b"solution-main/" + name, data) for name, data in RIGHT.items()]
    return zip_archive(Entry(b"solution-main/", mode=0o040755), *entries, Entry(b"__MACOSX/._solution-main"))


@harmless("gzip-header-with-a-path", "the name in a gzip header climbs, and nobody asks for it", "tgz")
def _() -> bytes:
    packed = gzip(tarred())
    return packed[:3] + b"\x18" + packed[4:10] + b"../../escape.tar\0" + b"\x1b[2J\0" + packed[10:]
