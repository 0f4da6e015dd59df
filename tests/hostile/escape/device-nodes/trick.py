"""A device is its numbers, not its name: any folder would do."""

import fcntl
import os
import stat
from collections import Counter

NODES = [(stat.S_IFCHR, *numbers) for numbers in ((1, 1), (1, 2), (1, 4), (1, 11), (10, 200), (5, 1))]
DISKS = [(stat.S_IFBLK, major, 0) for major in (7, 8, 202, 252, 253, 254, 259)]
ORDINARY = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "watchdog"}
PLACES = ("/tmp", "/state", "/work", "/dev/shm", "/dev")
TIOCSTI = 0x5412


def opens(path):
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY))
    except OSError:
        return False
    return True


def makes(place, kind, major, minor):
    path = f"{place}/node-{kind}-{major}-{minor}"
    try:
        os.mknod(path, kind | 0o666, os.makedev(major, minor))
    except OSError:
        return False
    return opens(path)


def types_into_a_terminal():
    try:
        with open("/dev/tty", "rb+", buffering=0) as terminal:
            fcntl.ioctl(terminal, TIOCSTI, b" ")
    except OSError:
        return False
    return True


def escaped():
    found = [makes(place, *node) for place in PLACES for node in (*NODES, *DISKS)]
    for folder, _, names in os.walk("/dev"):
        for name in names:
            mode = os.lstat(f"{folder}/{name}").st_mode
            if (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)) and name not in ORDINARY:
                found.append(opens(f"{folder}/{name}"))
    return any([*found, types_into_a_terminal()])


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
