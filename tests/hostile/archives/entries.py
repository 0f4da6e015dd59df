"""Entries that are no plain files, are too much, or hope to be run."""

from catalogue import EVIL, RIGHT, WRONG, harmless, refused, tarred, zipped
from formats import (
    DEFLATED,
    Deflate,
    Entry,
    gnu_name,
    gzip,
    member,
    pax,
    tar,
    zeros_made,
    zip_archive,
    zip_end,
)

# -- links ------------------------------------------------------------------------------------------------


@refused("symlink-in-a-tar", "symlink", "a link to the hidden suite's folder", "tar")
def _() -> bytes:
    return tarred(member(b"suite", kind=b"2", link=b"/suite"))


@refused("symlink-in-a-zip", "symlink", "a link to the environment of whoever unpacks it", "zip")
def _() -> bytes:
    return zipped(Entry(b"environ", b"/proc/self/environ", mode=0o120777))


@refused("symlink-made-by-dos", "symlink", "the mode of a link in a zip that claims to come from DOS", "zip")
def _() -> bytes:
    return zipped(Entry(b"passwd", b"/etc/passwd", mode=0o120777, system=0))


@refused("symlink-then-a-file-below-it", "symlink", "writes through a link that it has just made", "tar.gz")
def _() -> bytes:
    return gzip(tarred(member(b"out", kind=b"2", link=b"/tmp"), member(b"out/escape.py", EVIL)))


@refused(
    "symlink-instead-of-the-solution", "symlink", "work.py is a link to a reference that it hopes for", "tgz"
)
def _() -> bytes:
    return gzip(tar(member(b"work.py", kind=b"2", link=b"../../reference/work.py")))


@refused("symlink-loop", "symlink", "two links that lead to each other", "tar")
def _() -> bytes:
    return tarred(member(b"a", kind=b"2", link=b"b"), member(b"b", kind=b"2", link=b"a"))


@refused("symlink-with-a-long-target", "symlink", "the target is in a GNU long link", "tar")
def _() -> bytes:
    target = b"../" * 100 + b"etc/passwd"
    return tarred(gnu_name(target, b"K"), member(b"passwd", kind=b"2", link=target[:100], magic=b"ustar  \0"))


@harmless("symlink-named-venv", "a link that is left out, and a file below it, lead nowhere", "tar.gz")
def _() -> bytes:
    links = [member(name, kind=b"2", link=b"/tmp") for name in (b"venv", b".git", b"node_modules")]
    return gzip(tarred(*links, member(b"venv/escape.py", EVIL), member(b"node_modules/escape.js", EVIL)))


@refused("hard-link-to-read", "hard_link", "a second name of a file of the host", "tar")
def _() -> bytes:
    return tarred(member(b"shadow", kind=b"1", link=b"/etc/shadow"))


@refused(
    "hard-link-to-write", "hard_link", "a second name of a file of the host, then new bytes for it", "tar.gz"
)
def _() -> bytes:
    return gzip(tarred(member(b"x", kind=b"1", link=b"../../../../root/.profile"), member(b"x", EVIL)))


@refused(
    "hard-link-with-data", "corrupt_archive", "a hard link that brings bytes for what it leads to", "tar"
)
def _() -> bytes:
    return tarred(member(b"x", EVIL, kind=b"1", link=b"work.py"))


# -- what is no file --------------------------------------------------------------------------------------


@refused("character-device", "device", "the machine's memory as a file", "tar")
def _() -> bytes:
    return tarred(member(b"mem", kind=b"3", device=(1, 1), mode=0o666))


@refused("block-device-in-a-zip", "device", "a disk as a file", "zip")
def _() -> bytes:
    return zipped(Entry(b"disk", mode=0o060666))


@refused("fifo-instead-of-the-solution", "fifo", "opening work.py would wait for ever", "tar")
def _() -> bytes:
    return tar(member(b"work.py", kind=b"6"))


@refused("socket-in-a-zip", "socket", "a socket as a file", "zip")
def _() -> bytes:
    return zipped(Entry(b"docker.sock", mode=0o140666))


@refused("gnu-dump-folder", "unknown_entry_type", "a list of names to delete before unpacking", "tar")
def _() -> bytes:
    return tarred(member(b"package/", b"Ywork.py\0Rescape\0T/tmp\0\0", kind=b"D", magic=b"ustar  \0"))


@refused("second-volume", "unknown_entry_type", "the rest of a file that began on another volume", "tar")
def _() -> bytes:
    return tarred(member(b"work.py", EVIL, kind=b"M", magic=b"ustar  \0"))


@refused("undefined-type", "unknown_entry_type", "a type that lax readers take for a regular file", "tar")
def _() -> bytes:
    return tarred(member(b"escape.py", EVIL, kind=b"Z"))


@refused("sparse-gnu", "sparse_file", "half a kilobyte that claims to be a terabyte", "tar")
def _() -> bytes:
    sparse = (
        bytes(41)
        + b"%011o\0%011o\0" % (0, 1)
        + bytes(73)
        + b"\0"
        + b"\x80\0\0\0\0\0\x01"
        + bytes(4)
        + b"\x01"
    )
    return tarred(member(b"huge.bin", b"x", kind=b"S", magic=b"ustar  \0", rest=bytes(80) + sparse))


@refused(
    "sparse-pax-with-another-name", "sparse_file", "an exabyte by records, with a name of their own", "tar.gz"
)
def _() -> bytes:
    records = {
        "GNU__sparse__major": b"1",
        "GNU__sparse__minor": b"0",
        "GNU__sparse__realsize": b"1" + b"0" * 18,
    }
    name = b"../../escape.bin"
    return gzip(
        tarred(pax(**records, GNU__sparse__name=name), member(b"x", b"1\n0\n1\n".ljust(512, b"\0") + b"x"))
    )


@refused("file-used-as-folder", "file_used_as_folder", "a file and a file below it", "zip")
def _() -> bytes:
    return zipped(Entry(b"work.py/escape.py", EVIL))


@refused("folder-with-data", "corrupt_archive", "a folder that brings bytes; some readers skip them", "tar")
def _() -> bytes:
    return tarred(member(b"package/", tarred(member(b"escape.py", EVIL)), kind=b"5"))


@refused("root-as-file", "file_used_as_folder", "an entry for the folder itself, as a file", "tar")
def _() -> bytes:
    return tarred(member(b"./.", EVIL))


@refused("solution-is-a-folder", "does_not_import", "work.py is there and is a folder", "zip")
def _() -> bytes:
    return zip_archive(*(Entry(b"work.py/" + name, data) for name, data in RIGHT.items()), Entry(b"trick.py"))


# -- too much ---------------------------------------------------------------------------------------------


@refused("zip-bomb", "compression_ratio", "ten megabytes of nothing in ten kilobytes", "zip")
def _() -> bytes:
    packed = Deflate().zeros(10_000_000).done()
    return zipped(Entry(b"bomb.bin", bytes(zeros_made(10_000_000)), method=DEFLATED, packed=packed), files={})


@refused("zip-bomb-that-lies", "corrupt_archive", "the same, said to be a tenth of it", "zip")
def _() -> bytes:
    packed = Deflate().zeros(10_000_000).done()
    data = bytes(zeros_made(10_000_000))
    return zipped(Entry(b"bomb.bin", data, method=DEFLATED, packed=packed, size=1 << 20 | 5), files={})


@refused("gzip-bomb", "compression_ratio", "a file that its tar header calls a terabyte", "tar.gz")
def _() -> bytes:
    head = member(b"bomb.bin", size=b"\x80" + (1 << 40).to_bytes(11, "big"))
    zeros = bytes(zeros_made(10_000_000))
    return gzip(head + zeros, Deflate().stored(head).zeros(len(zeros)).done())


@refused(
    "gzip-bomb-after-the-end",
    "compression_ratio",
    "a small archive, then megabytes that no entry owns",
    "tar.gz",
)
def _() -> bytes:
    archive = tarred(files=WRONG)
    zeros = bytes(zeros_made(9_000_000))
    return gzip(archive + zeros, Deflate().stored(archive).zeros(len(zeros)).done())


@refused(
    "gzip-bomb-in-a-left-out-folder", "compression_ratio", "what is left out is counted all the same", "tgz"
)
def _() -> bytes:
    zeros = bytes(zeros_made(9_000_000))
    head = tarred(files=WRONG)[:-1024] + member(b".git/objects/pack/p.pack", size=b"%011o\0" % len(zeros))
    return gzip(head + zeros, Deflate().stored(head).zeros(len(zeros)).done())


@refused(
    "overlapping-entries",
    "corrupt_archive",
    "entries that quote each other's headers and share one kernel",
    "zip",
)
def _() -> bytes:
    # Fifield, "A better zip bomb" (WOOT 2019): each file is a stored block around the next one's header.
    kernel = Deflate().zeros(500_000).done()
    data, packed = bytes(zeros_made(500_000)), kernel
    entries: list[Entry] = []
    for number in reversed(range(20)):
        entry = Entry(b"%02d.bin" % number, data, method=DEFLATED, packed=packed)
        entries.insert(0, entry)
        head = entry.local()[: -len(packed)]
        data = head + data
        packed = Deflate().stored(head).done() + packed
    body = entries[0].local()
    starts = [len(body) - len(entry.local()) for entry in entries]
    directory = b"".join(entry.central(at) for entry, at in zip(entries, starts, strict=True))
    return body + directory + zip_end(len(entries), len(directory), len(body))


@harmless("nested-archives", "bombs and links inside of archives inside of archives are just files", "zip")
def _() -> bytes:
    bomb = Deflate().zeros(4_000_000).done()
    inner = zip_archive(Entry(b"bomb.bin", bytes(zeros_made(4_000_000)), method=DEFLATED, packed=bomb))
    inner = gzip(tar(member(b"inner.zip", inner), member(b"link", kind=b"2", link=b"/etc/passwd")))
    return zipped(Entry(b"data/inner.tar.gz", inner), Entry(b"data/more.zip", zip_archive()))


@refused(
    "a-million-claimed-entries", "corrupt_archive", "two files, and a Zip64 end that counts a million", "zip"
)
def _() -> bytes:
    return zipped(count=1_000_000, zip64=True)


@refused(
    "folders-without-end", "too_many_entries", "few files, each below thirty folders of its own", "tar.gz"
)
def _() -> bytes:
    paths = (b"/".join([b"%02x" % number] + [b"d"] * 30) for number in range(200))
    return gzip(tar(*(member(path) for path in paths)))


@refused("size-beyond-the-archive", "corrupt_archive", "a file of eight exabytes in half a kilobyte", "tar")
def _() -> bytes:
    return tarred(member(b"huge.bin", size=b"\x80\0\0\0\x7f" + b"\xff" * 7))


@refused("huge-extended-header", "corrupt_archive", "a pax header that claims four gigabytes", "tar")
def _() -> bytes:
    return tarred(member(b"PaxHeaders/x", kind=b"x", size=b"\x80" + (4 << 30).to_bytes(11, "big")))


@refused("huge-long-name", "corrupt_archive", "a GNU long name of a gigabyte", "tar")
def _() -> bytes:
    return tarred(member(b"././@LongLink", kind=b"L", size=b"%011o\0" % (1 << 30), magic=b"ustar  \0"))


# -- what would run or be consulted -----------------------------------------------------------------------


@harmless(
    "git-with-hooks", "hooks, fsmonitor, filters and an alternate object store: .git is left out", "tar.gz"
)
def _() -> bytes:
    config = (
        b"[core]\n\tfsmonitor = touch /tmp/escaped\n\thooksPath = ../hooks\n"
        b'[filter "x"]\n\tclean = touch /tmp/escaped\n\tsmudge = touch /tmp/escaped\n'
    )
    files = {
        b".git/config": config,
        b".git/HEAD": b"ref: refs/heads/main\n",
        b".git/objects/info/alternates": b"/\n",
        b".git/hooks/post-checkout": b"#!/bin/sh\ntouch /tmp/escaped\n",
        b".gitattributes": b"* filter=x\n",
        b".gitmodules": b'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% /tmp/escaped\n',
        b"package/.git": b"gitdir: /\n",
    }
    return gzip(tarred(*(member(name, data, mode=0o755) for name, data in files.items())))


@harmless("build-hooks", "setup.py and its relatives are files that nobody runs", "zip")
def _() -> bytes:
    files = {
        b"setup.py": EVIL,
        b"setup.cfg": b"[options]\npackages = find:\n[options.entry_points]\npytest11 =\n  x = setup\n",
        b"pyproject.toml": b'[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n',
        b"requirements.txt": b"--index-url http://192.0.2.1/\nwork @ file:///etc/passwd\n",
        b"Makefile": b"all:\n\ttouch /tmp/escaped\n",
        b"conftest.py": EVIL,
        b"tests/conftest.py": EVIL,
        b"noxfile.py": EVIL,
        b"Dockerfile": b"FROM scratch\n",
    }
    return zipped(*(Entry(name, data, mode=0o100755) for name, data in files.items()))


@harmless(
    "poisoned-by-products",
    "bytecode, AppleDouble files and environments that would shadow the sources",
    "zip",
)
def _() -> bytes:
    names = (
        *(b"__pycache__/work.cpython-313.pyc", b"work.pyc", b"json.pyc", b"._work.py", b"__MACOSX/._work.py"),
        *(
            b".venv/lib/python3.13/site-packages/x.pth",
            b"work.egg-info/entry_points.txt",
            b".takehome/plugin.py",
        ),
    )
    return zipped(*(Entry(name, EVIL) for name in names))


@refused("only-bytecode", "empty_submission", "a solution as bytecode that nobody can read", "tar")
def _() -> bytes:
    return tar(member(b"__pycache__/work.cpython-313.pyc", EVIL), member(b"work.pyc", EVIL))


@harmless("modes-that-grant", "setuid, world-writable and unreadable files of another owner", "tar")
def _() -> bytes:
    modes = (0o6755, 0o2777, 0o1777, 0o777, 0o000)
    return tarred(*(member(b"m%04o.py" % mode, EVIL, mode=mode) for mode in modes))
