"""The candidate's files: emptying the writable places, unpacking the submission, reading and writing.

Candidate code owns these trees, so no path is ever followed: each component is opened relative to the one
before it without following symbolic links (Judge0 CVE-2024-28185, -28189 were such paths), and only
regular files are read or written.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import stat
import struct
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_FS_IOC_SETFLAGS = 0x40086602
"""ioctl_iflags(2) on 64-bit machines: inode flags such as those of chattr(1)."""

_DIR_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class BadArchive(Exception):
    """The submission's archive holds something other than regular files below its root."""


class OutsidePath(Exception):
    """A path that is in none of the places a test may touch."""


@dataclass(frozen=True)
class Member:
    """One file of the submission; the bytes are a slice of the archive."""

    parts: tuple[str, ...]
    executable: bool
    offset: int
    size: int


class Submission:
    """The pristine copy, kept in our memory where candidate code cannot reach it."""

    def __init__(self, archive: bytes) -> None:
        """Read the archive's index once. Raises BadArchive."""
        self._archive = memoryview(archive)
        self.members: list[Member] = []
        try:
            with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
                for entry in tar:
                    self._add(entry, len(archive))
        except tarfile.TarError as error:
            raise BadArchive(f"not a tar archive: {error}") from None

    def _add(self, entry: tarfile.TarInfo, total: int) -> None:
        if not entry.isreg() or entry.issparse():
            raise BadArchive(f"{entry.name!r} is not a regular file")
        parts = tuple(entry.name.split("/"))
        if any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise BadArchive(f"{entry.name!r} is not a plain relative name")
        if entry.offset_data + entry.size > total:
            raise BadArchive(f"{entry.name!r} is cut short")
        self.members.append(Member(parts, bool(entry.mode & 0o100), entry.offset_data, entry.size))

    def unpack(self, root: str) -> None:
        """Write every file below `root` (created if absent). Nothing of the candidate may be running."""
        os.makedirs(root, mode=0o755, exist_ok=True)
        made: set[tuple[str, ...]] = set()
        for member in self.members:
            parent = member.parts[:-1]
            if parent not in made:
                os.makedirs(os.path.join(root, *parent), mode=0o755, exist_ok=True)
                made.add(parent)
            mode = 0o755 if member.executable else 0o644
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE_FLAGS
            fd = os.open(os.path.join(root, *member.parts), flags, mode)
            try:
                write_all(fd, self._archive[member.offset : member.offset + member.size])
            finally:
                os.close(fd)


def write_all(fd: int, data: memoryview | bytes) -> None:
    """Write all of `data` to a file."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def empty_directory(path: str, deadline: float) -> bool:
    """Remove everything below a directory, whatever its shape; False when something is left at `deadline`.

    Every nested directory is first moved up to the top. So the depth of the tree costs neither recursion
    nor descriptors nor long paths, and mode 000 is undone before it matters.
    """
    try:
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            return False
        if os.stat(path).st_uid == os.geteuid():
            os.chmod(path, 0o700)
        top = os.open(path, _DIR_FLAGS)
    except OSError:
        return False
    try:
        _forget_attributes(top)
        serial = 0
        while True:
            names = os.listdir(top)
            if not names:
                return True
            for name in names:
                if time.monotonic() > deadline:
                    return False
                serial = _remove_entry(top, name, serial)
    except OSError:
        return False
    finally:
        os.close(top)


def _forget_attributes(top: int) -> None:
    """Undo what a candidate may have written on the directory itself: it stays, and may not carry notes."""
    if os.fstat(top).st_uid != os.geteuid():
        return
    for name in os.listxattr(top) if hasattr(os, "listxattr") else ():
        os.removexattr(top, name)
    try:
        fcntl.ioctl(top, _FS_IOC_SETFLAGS, struct.pack("l", 0))
    except OSError:
        pass  # a file system without inode flags
    os.fchmod(top, 0o700)
    os.utime(top)


def _remove_entry(top: int, name: str, serial: int) -> int:
    if not stat.S_ISDIR(os.lstat(name, dir_fd=top).st_mode):
        os.unlink(name, dir_fd=top)
        return serial
    os.chmod(name, 0o700, dir_fd=top)
    fd = os.open(name, _DIR_FLAGS, dir_fd=top)
    try:
        for child in os.listdir(fd):
            if not stat.S_ISDIR(os.lstat(child, dir_fd=fd).st_mode):
                os.unlink(child, dir_fd=fd)
                continue
            # Moving a directory rewrites its "..", which takes write permission on it.
            os.chmod(child, 0o700, dir_fd=fd)
            serial = _move_up(fd, child, top, serial)
    finally:
        os.close(fd)
    os.rmdir(name, dir_fd=top)
    return serial


def _move_up(fd: int, child: str, top: int, serial: int) -> int:
    while True:
        serial += 1
        try:
            os.rename(child, f".takehome-{serial}", src_dir_fd=fd, dst_dir_fd=top)
            return serial
        except (FileExistsError, NotADirectoryError):
            continue
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:  # the candidate took this name for a full directory
                raise


@contextmanager
def open_beneath(
    root: str, parts: tuple[str, ...], flags: int, *, make_parents: bool = False
) -> Iterator[int]:
    """A descriptor of a regular file or directory below `root`. Raises OSError."""
    fd = os.open(root, _DIR_FLAGS)
    try:
        for part in parts[:-1]:
            if make_parents:
                try:
                    os.mkdir(part, 0o755, dir_fd=fd)
                except FileExistsError:
                    pass
            deeper = os.open(part, _DIR_FLAGS, dir_fd=fd)
            os.close(fd)
            fd = deeper
        if parts:
            try:
                last = os.open(parts[-1], flags | _FILE_FLAGS, 0o644, dir_fd=fd)
            except OSError as error:
                if error.errno == errno.ELOOP:
                    raise OSError(errno.ELOOP, "is a symbolic link", "/".join(parts)) from None
                raise
            os.close(fd)
            fd = last
        yield fd
    finally:
        os.close(fd)


def require_regular(fd: int, path: str) -> os.stat_result:
    """The status of an open regular file. Raises IsADirectoryError or OSError for anything else."""
    status = os.fstat(fd)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory", path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "is not a regular file", path)
    return status


def locate(path: str, base: str, roots: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Split a test's path into one of `roots` and the components below. Raises OutsidePath."""
    if "\0" in path:
        raise OutsidePath("a path may not contain NUL")
    absolute = os.path.normpath(os.path.join(base, path))
    for root in roots:
        if absolute == root:
            return root, ()
        if absolute.startswith(root + "/"):
            return root, tuple(absolute[len(root) + 1 :].split("/"))
    raise OutsidePath(f"{path!r} is outside of {', '.join(roots)}")
