"""Writes images/*/requirements.lock from requirements.in; `make locks` runs it.

One lock serves both architectures. It names only wheels that the images can
install (CPython 3.13, glibc, x86_64 or aarch64), so a package that has no wheel for
one of them is found here and not on a user's machine. No markers are left:
pip evaluates them for the host's Python, which need not be the image's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

PYTHON = (3, 13)
ARCHITECTURES = ("x86_64", "aarch64")
# The platform tags that `takehome` gives pip, best first (src/image).
GLIBC_TAGS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")

HEADER = """\
# Made by `make locks` from {source}; do not edit. To refresh: `make locks`, to take
# newer versions: `make locks UPGRADE=1`. Wheels for CPython 3.13 on Linux x86_64 and
# aarch64 only.
"""


def platforms(architecture: str) -> list[str]:
    return [f"{tag}_{architecture}" for tag in GLIBC_TAGS]


def supported(architecture: str) -> dict[Tag, int]:
    allowed = platforms(architecture)
    tags = [
        *cpython_tags(PYTHON, abis=["cp313"], platforms=allowed),
        *compatible_tags(PYTHON, interpreter="cp313", platforms=allowed),
    ]
    return {tag: rank for rank, tag in enumerate(tags)}


def resolve(source: Path, architecture: str, pins: Path | None) -> dict[str, dict]:
    command = [
        *("uv", "pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml"),
        *("--only-binary", ":all:", "--python-version", "3.13"),
        *("--python-platform", f"{architecture}-manylinux_2_28"),
        *(("--constraints", str(pins)) if pins else ()),
        # The `.in` file names everything that is needed itself.
        *(("--no-deps",) if "\n# lock: no-deps\n" in source.read_text() else ()),
        str(source),
    ]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {package["name"]: package for package in tomllib.loads(found)["packages"]}


def best_wheel(package: dict, architecture: str) -> tuple[str, str]:
    ranks = supported(architecture)
    best: tuple[int, str, str] | None = None
    for wheel in package["wheels"]:
        name = wheel.get("name") or wheel["url"].rsplit("/", 1)[1]
        tags = parse_wheel_filename(name)[3]
        rank = min((ranks[tag] for tag in tags if tag in ranks), default=None)
        if rank is not None and (best is None or rank < best[0]):
            best = (rank, name, wheel["hashes"]["sha256"])
    if best is None:
        sys.exit(f"{package['name']} {package['version']} has no wheel for {architecture}")
    return best[1], best[2]


def lock(source: Path, upgrade: bool) -> str:
    target = source.with_suffix(".lock")
    pins = None
    if target.exists() and not upgrade:
        pins = target.with_suffix(".pins")
        lines = target.read_text().splitlines()
        pins.write_text("".join(f"{line.split()[0]}\n" for line in lines if "==" in line))
    try:
        resolved = {arch: resolve(source, arch, pins) for arch in ARCHITECTURES}
    finally:
        if pins:
            pins.unlink()
    first, *others = resolved.values()
    for other in others:
        differing = {
            name
            for name in first.keys() | other.keys()
            if first.get(name, {}).get("version") != other.get(name, {}).get("version")
        }
        if differing:
            sys.exit(f"{source}: the architectures differ in {', '.join(sorted(differing))}")
    text = HEADER.format(source=source.name)
    for name, package in sorted(first.items()):
        hashes = {best_wheel(found[name], arch)[1]: arch for arch, found in resolved.items()}
        text += f"{name}=={package['version']}"
        text += "".join(f" \\\n    --hash=sha256:{digest}" for digest in hashes) + "\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take newer versions")
    parser.add_argument("sources", nargs="+", type=Path)
    arguments = parser.parse_args()
    for source in arguments.sources:
        source.with_suffix(".lock").write_text(lock(source, arguments.upgrade))
        print(f"wrote {source.with_suffix('.lock')}")


if __name__ == "__main__":
    main()
