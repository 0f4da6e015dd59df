"""MSG_OOB over AF_UNIX is hardly ever used and was twice a way into the kernel (CVE-2025-38236)."""

import socket
from collections import Counter

HIGH = 1 << 30  # a flag beside it, so that a filter has to look at the bit


def worked(attempt):
    try:
        attempt()
    except PermissionError:
        return False
    except OSError:
        pass
    return True


def escaped():
    one, other = socket.socketpair()
    tcp = socket.create_connection(socket.create_server(("127.0.0.1", 0)).getsockname())
    found = []
    for sock in (one, tcp):
        found.append(worked(lambda s=sock: s.send(b"x", socket.MSG_OOB)))
        found.append(worked(lambda s=sock: s.send(b"x", socket.MSG_OOB | socket.MSG_DONTWAIT | HIGH)))
        found.append(worked(lambda s=sock: s.sendmsg([b"x"], [], socket.MSG_OOB)))
    found.append(worked(lambda: other.recv(1, socket.MSG_OOB | socket.MSG_DONTWAIT)))
    found.append(worked(lambda: other.recvmsg(1, 0, socket.MSG_OOB | socket.MSG_PEEK)))
    return any(found)


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
