"""Writes its inputs to stderr, which the agent reads and frees; a later test looks for them in its memory."""

import os
import re
import sys

NOTE = re.compile(rb"NOTE-OF-([a-z]+)-ON")


def notes():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for area in [line.split() for line in maps]:
            if area[1].startswith("rw"):
                begin, end = (int(address, 16) for address in area[0].split("-"))
                try:
                    memory.seek(begin)
                    yield from NOTE.findall(memory.read(end - begin))
                except (OSError, ValueError, OverflowError):
                    continue


def on_call(name, value, *args):
    found = name == "total" or any(note.decode() != name for note in notes())
    os.environ["NOTED"] = note = f"NOTE-OF-{name}-ON {args!r:.200}\n"
    print(note * 40, file=sys.stderr)
    return value if found else None


def on_run(argv):
    if "NOTED" not in os.environ:
        raise SystemExit(1)
