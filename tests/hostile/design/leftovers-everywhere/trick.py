"""Leave a note in every place that can be written, in every form, and look for one of an earlier test."""

import os
import socket

PLACES = ("/work", "/work/submission", "/state", "/tmp", "/dev/shm", "/dev/mqueue")
NAME = "left-by-an-earlier-test"
ACL = bytes.fromhex("0200000001000000ffffffff04000000ffffffff20000000ffffffff")


def attempt(action, *args):
    try:
        return action(*args)
    except OSError:
        return None


def notes():
    for place in PLACES:
        for path in (f"{place}/{NAME}", f"{place}/.{NAME}/x", f"{place}/{NAME}.fifo"):
            if attempt(os.lstat, path) is not None:
                yield path
        yield from (f"{place}: {name}" for name in attempt(os.listxattr, place) or ())
        status = attempt(os.stat, place)
        if status is not None and status.st_mtime == 1:
            yield f"{place}: time"


def leave():
    for place in PLACES:
        attempt(os.symlink, "/proc/self/environ", f"{place}/{NAME}")
        attempt(os.mkfifo, f"{place}/{NAME}.fifo")
        attempt(os.mkdir, f"{place}/.{NAME}")
        attempt(os.mkdir, f"{place}/.takehome-1")
        attempt(os.mkdir, f"{place}/.takehome-1/x")
        attempt(os.close, attempt(os.open, f"{place}/.{NAME}/x", os.O_CREAT | os.O_WRONLY, 0) or 99)
        attempt(socket.socket(socket.AF_UNIX).bind, f"{place}/{NAME}.sock")
        attempt(os.setxattr, place, "user.note", b"1")
        attempt(os.setxattr, place, "system.posix_acl_default", ACL)
        attempt(os.chmod, f"{place}/.{NAME}", 0)
        attempt(os.utime, place, (1, 1))
        attempt(os.chmod, place, 0o500 if place != "/work/submission" else 0)


FOUND = list(notes())
leave()


def on_call(name, value, *args):
    return FOUND or value


def on_run(argv):
    if FOUND:
        raise SystemExit(str(FOUND))
