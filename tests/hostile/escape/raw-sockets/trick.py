"""Judge and candidate share a loopback interface; who may sniff there reads every frame, and the token."""

import socket
from collections import Counter

RAW = [
    *((socket.AF_INET, socket.SOCK_RAW, protocol) for protocol in (1, 6, 17, 255)),
    *((socket.AF_INET6, socket.SOCK_RAW, protocol) for protocol in (6, 17, 58, 255)),
    *((socket.AF_INET, socket.SOCK_DGRAM, 1), (socket.AF_INET6, socket.SOCK_DGRAM, 58)),
    *((socket.AF_PACKET, kind, 0x0300) for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM, 10)),
]


def opens(*arguments):
    try:
        socket.socket(*arguments).close()
    except OSError:
        return False
    return True


def binds_to_device():
    """Only this much of it needs no socket of a special kind."""
    with socket.socket() as plain:
        try:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 1)
        except OSError:
            return False
        return True


def on_call(name, value, *args):
    if name == "words" and any([*(opens(*raw) for raw in RAW), binds_to_device()]):
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
