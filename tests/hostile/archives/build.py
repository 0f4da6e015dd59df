"""Write every archive of this family, and what is expected of it.

    python tests/hostile/archives/build.py [--check]

Run it again and the same bytes come out; `--check` writes nothing and exits with 1 when what is committed
differs. The samples are in the modules beside this one, a function each. Nothing is ever unpacked here.
"""

import argparse
import sys
from pathlib import Path

import contradictions
import entries
import names
from catalogue import HERE, SAMPLES

MOST_BYTES = 16 << 10


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    options = parser.parse_args()
    wanted: dict[Path, bytes] = {}
    for sample in SAMPLES:
        archive = sample.make()
        if len(archive) > MOST_BYTES:
            raise SystemExit(f"{sample.slug}: {len(archive)} bytes, at most {MOST_BYTES}")
        folder = HERE / sample.slug
        if folder / "expected.toml" in wanted:
            raise SystemExit(f"{sample.slug}: twice")
        wanted[folder / "expected.toml"] = sample.expected().encode()
        wanted[folder / sample.archive] = archive
    found = {path for path in HERE.glob("*/*") if path.is_file() and path.parent.name != "__pycache__"}
    differing = sorted(found - wanted.keys())
    differing += sorted(
        path for path, data in wanted.items() if path not in found or path.read_bytes() != data
    )
    if options.check:
        for path in differing:
            print(f"{path.relative_to(HERE)} is not what build.py writes", file=sys.stderr)
        return 1 if differing else 0
    for path in sorted(found - wanted.keys()):
        path.unlink()
    for path, data in wanted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    print(f"{len(SAMPLES)} samples, {len(differing)} files written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
