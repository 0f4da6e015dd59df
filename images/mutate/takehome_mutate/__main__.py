"""`python -I -m takehome_mutate`: process 1 of the container that makes mutants.

Reads a reference from the host as a tar in memory, and answers with one frame for each mutant. It parses and
compiles; it never imports or executes what it was given.
"""

from __future__ import annotations

import io
import os
import sys
import tarfile
import warnings
from collections import Counter
from typing import BinaryIO

from takehome_mutate.mutants import mutants_of
from takehome_wire.frames import FrameError, encode_frame, read_exactly, read_frame


def main() -> int:
    """Make the mutants. Exit code: 0 when all were sent, 1 when a file is no Python, 2 without a host."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    warnings.simplefilter("ignore", SyntaxWarning)  # `is 5` is what a mutant may well say.
    os.dup2(2, 1)  # What a library prints must not land between the frames.
    try:
        message = read_frame(incoming)
        if message is None or message["type"] != "mutate":
            return 2
        files = [str(name) for name in message["files"]]
        archive = read_exactly(incoming, int(message["reference_bytes"]))
        return _send(archive, files, outgoing)
    except (FrameError, EOFError, BrokenPipeError, KeyError, ValueError, tarfile.TarError) as error:
        print(f"takehome mutate: {error}", file=sys.stderr)
        return 2


def _send(archive: bytes, files: list[str], outgoing: BinaryIO) -> int:
    dropped: Counter[str] = Counter(annotations=0, failed=0, invalid=0, same=0)
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        for name in files:
            member = tar.extractfile(name)
            try:
                text = (member.read() if member else b"").decode("utf-8")
                for mutant in mutants_of(text, dropped):
                    outgoing.write(encode_frame({"type": "mutant", "file": name, **vars(mutant)}))
                outgoing.flush()
            except (UnicodeDecodeError, SyntaxError) as error:
                outgoing.write(encode_frame({"type": "broken", "message": f"{name}: {error}"[:2000]}))
                outgoing.flush()
                return 1
    outgoing.write(encode_frame({"type": "done", "dropped": dict(dropped)}))
    outgoing.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
