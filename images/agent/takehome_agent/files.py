"""What a test may do with the candidate's files: put, get and list."""

from __future__ import annotations

import base64
import errno
import os
import stat
from typing import Any

from takehome_agent import scratch
from takehome_agent.places import Places

TRANSFER_BYTES = 4 << 20
"""The most that one `get` answers; a longer file takes several."""

_MAX_LISTED = 50_000
_MAX_LISTED_CHARS = 1 << 20
_MAX_OPEN_FOLDERS = 100
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def put(places: Places, message: dict[str, Any]) -> dict[str, Any]:
    """Write or append to a file, making the folders above it. Raises OSError."""
    root, parts = _locate(places, message)
    data = base64.b64decode(message["data"], validate=True)
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if message.get("append") else os.O_TRUNC)
    with scratch.open_beneath(root, parts, flags, make_parents=True) as fd:
        scratch.require_regular(fd, message["path"])
        scratch.write_all(fd, data)
    return {}


def get(places: Places, message: dict[str, Any]) -> dict[str, Any]:
    """Part of a regular file from an offset on, and the file's size. Raises OSError."""
    root, parts = _locate(places, message)
    with scratch.open_beneath(root, parts, os.O_RDONLY) as fd:
        size = scratch.require_regular(fd, message["path"]).st_size
        data = os.pread(fd, TRANSFER_BYTES, int(message.get("offset", 0)))
    return {"data": base64.b64encode(data).decode("ascii"), "size": size}


def list_names(places: Places, message: dict[str, Any]) -> dict[str, Any]:
    """Sorted names in a folder, or below it. Symbolic links are names, never followed. Raises OSError."""
    root, parts = _locate(places, message)
    recursive = bool(message.get("recursive"))
    names: list[str] = []
    with scratch.open_beneath(root, parts, os.O_RDONLY | os.O_DIRECTORY) as top:
        pending = [("", os.dup(top))]
        try:
            while pending and len(names) < _MAX_LISTED and sum(map(len, names)) < _MAX_LISTED_CHARS:
                prefix, fd = pending.pop()
                try:
                    _list_into(names, pending, prefix, fd, recursive)
                finally:
                    os.close(fd)
        finally:
            for _, fd in pending:
                os.close(fd)
    if len(names) > _MAX_LISTED or sum(map(len, names)) > _MAX_LISTED_CHARS:
        raise OSError(errno.EFBIG, "holds too many names to list", message["path"])
    return {"names": sorted(names)}


def _list_into(
    names: list[str], pending: list[tuple[str, int]], prefix: str, fd: int, recursive: bool
) -> None:
    for name in os.listdir(fd):
        try:
            is_folder = stat.S_ISDIR(os.lstat(name, dir_fd=fd).st_mode)
        except FileNotFoundError:
            continue
        if not is_folder:
            names.append(prefix + name)
            continue
        if recursive and len(pending) < _MAX_OPEN_FOLDERS:
            try:
                pending.append((f"{prefix}{name}/", os.open(name, _FOLDER, dir_fd=fd)))
                continue
            except OSError:
                pass  # not ours to read; its name is all there is to say
        names.append(f"{prefix}{name}/")


def _locate(places: Places, message: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    return scratch.locate(str(message["path"]), places.submission, places.roots)
