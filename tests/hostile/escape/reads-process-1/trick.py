"""It has the same user, so file permissions alone would not protect it."""

import os
from collections import Counter

FILES = ("mem", "maps", "environ", "auxv", "pagemap", "syscall", "stack", "io", "clear_refs", "timers")
LINKS = ("root/etc/passwd", "cwd/etc/passwd", "exe", "fd/0", "fd/1", "fd/3", "fd/4", "fd/5", "map_files")


def opens(path, flags):
    try:
        os.close(os.open(path, flags))
    except OSError:
        return False
    return True


def escaped():
    paths = [f"/proc/{place}/{name}" for place in ("1", "1/task/1") for name in (*FILES, *LINKS)]
    return any(opens(path, flags) for path in paths for flags in (os.O_RDONLY, os.O_RDWR, os.O_WRONLY))


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
