"""A writable root, an unmasked /proc or the host's disk is one mount away."""

import ctypes
from collections import Counter

LIBC = ctypes.CDLL(None, use_errno=True)
MS_REMOUNT, MS_BIND, AT_FDCWD, OPEN_TREE_CLONE = 32, 4096, -100, 1
OPEN_TREE, FSOPEN, FSPICK, MOUNT_SETATTR = 428, 430, 433, 442
MOUNTS = (
    (b"tmpfs", b"/tmp", b"tmpfs", 0),
    (b"proc", b"/tmp", b"proc", 0),
    (b"/dev/vda", b"/tmp", b"ext4", 1),
    (b"none", b"/", None, MS_REMOUNT | MS_BIND),
    (b"none", b"/tmp", None, MS_REMOUNT),
    (b"/", b"/tmp", None, MS_BIND),
)


def escaped():
    attributes = (ctypes.c_uint64 * 4)(0, 1, 0, 0)
    return (
        any(LIBC.mount(*mount, None) == 0 for mount in MOUNTS)
        or any(LIBC.umount2(path, 2) == 0 for path in (b"/proc/kcore", b"/proc/sys", b"/etc/hosts"))
        or LIBC.syscall(FSOPEN, b"tmpfs", 0) >= 0
        or LIBC.syscall(FSPICK, AT_FDCWD, b"/", 0) >= 0
        or LIBC.syscall(OPEN_TREE, AT_FDCWD, b"/", OPEN_TREE_CLONE) >= 0
        or LIBC.syscall(MOUNT_SETATTR, AT_FDCWD, b"/", 0, attributes, 32) >= 0
    )


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
