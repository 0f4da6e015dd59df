"""Writes the archives among the kept seeds: python tests/fuzz/make_seeds.py

Text seeds are written by hand, or are findings. `info-zip.zip`, `gnu-tar.tar` and `git-archive.tar` come
from these tools.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

SEEDS = Path(__file__).parent / "seeds"
FILES = {
    "pkg/__init__.py": b"",
    "pkg/main.py": b"def main() -> int:\n    return 0\n" * 8,
    "README.md": b"# A solution\n",
}
TIME = (2024, 2, 29, 12, 0, 0)


class Unseekable(io.BytesIO):
    """Makes zipfile write the sizes behind the data."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError

    def seek(self, *_: int) -> int:
        raise OSError


def zipped(
    files: dict[str, bytes],
    method: int = zipfile.ZIP_DEFLATED,
    *,
    stream: bool = False,
    zip64: bool = False,
    comment: bytes = b"",
    mode: int = 0o100644,
) -> bytes:
    buffer = Unseekable() if stream else io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, TIME)
            info.compress_type = method
            info.external_attr = (0o040755 if name.endswith("/") else mode) << 16
            with archive.open(info, "w", force_zip64=zip64) as member:
                member.write(data)
        archive.comment = comment
    return buffer.getvalue()


def tarred(files: dict[str, bytes], form: int, *extra: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_709_208_000
            archive.addfile(info, io.BytesIO(data))
        for info in extra:
            archive.addfile(info)
    # Without what fills the last record of 20 blocks.
    return buffer.getvalue().rstrip(b"\0") + bytes(1024 + 511)


def whole_blocks(data: bytes) -> bytes:
    return data[: len(data) // 512 * 512]


def member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zips() -> dict[str, bytes]:
    wrapped = {f"solution-main/{name}": data for name, data in FILES.items()}
    return {
        "deflated.zip": zipped(FILES),
        "stored.zip": zipped(FILES, zipfile.ZIP_STORED),
        "streamed.zip": zipped(FILES, stream=True),
        "zip64.zip": zipped(FILES, zip64=True),
        "commented.zip": zipped(FILES, comment=b"a comment"),
        "end-in-comment.zip": zipped(FILES, comment=zipped({"other.py": b"1"})),
        "concatenated.zip": zipped(FILES) + zipped({"other.py": b"1"}),
        "wrapped.zip": zipped({"solution-main/": b"", **wrapped}),
        "unicode.zip": zipped({"pkg/main.py": b"1", "caf\u00e9/e\u0301.py": b"2"}),
        "symlink.zip": zipped({"a": b"/etc/passwd"}, mode=0o120777),
        "by-products.zip": zipped({"a.py": b"1", ".git/config": b"2", "__MACOSX/._a.py": b"3"}),
        "no-entries.zip": zipped({}),
        "bomb.zip": zipped({"a.py": bytes(3_999)}),
    }


def tars() -> dict[str, bytes]:
    # As long as the limits of the fuzz target allow.
    long_name = "/".join(["n" * 33] * 2 + ["n" * 30])
    named = {long_name: b"1", "caf\u00e9.py": b"2"}
    return {
        "ustar.tar": tarred(FILES, tarfile.USTAR_FORMAT),
        "gnu.tar": tarred(named, tarfile.GNU_FORMAT, member("pkg", tarfile.DIRTYPE)),
        "pax.tar": tarred(named, tarfile.PAX_FORMAT, member("pkg", tarfile.DIRTYPE)),
        "long.tar": tarred({"d/" * 60 + "a.py": b"1"}, tarfile.GNU_FORMAT),
        "links.tar": tarred(FILES, tarfile.PAX_FORMAT, member("b", tarfile.SYMTYPE, "pkg/main.py")),
        "fifo.tar": tarred({}, tarfile.USTAR_FORMAT, member("pipe", tarfile.FIFOTYPE)),
        "by-products.tar": tarred({"a.py": b"1", "__pycache__/a.pyc": b"2"}, tarfile.USTAR_FORMAT),
        "empty.tar": tarred({}, tarfile.USTAR_FORMAT),
    }


def compressed(data: bytes, name: str = "") -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=buffer, mtime=0) as stream:
        stream.write(data)
    return buffer.getvalue()


def main() -> None:
    plain = {name: whole_blocks(data) for name, data in tars().items()}
    packed = {f"{name}.gz": compressed(data) for name, data in plain.items()}
    packed["two-members.tar.gz"] = compressed(plain["ustar.tar"][:700]) + compressed(plain["ustar.tar"][700:])
    packed["named.tar.gz"] = compressed(plain["pax.tar"], "solution.tar")
    packed["bomb.tar.gz"] = compressed(plain["ustar.tar"] + bytes(1 << 20))
    packed["no-tar.gz"] = compressed(b"print('no archive')\n")
    for folder, files in (("zip", zips()), ("tar", plain), ("tar_gz", packed)):
        (SEEDS / folder).mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (SEEDS / folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
