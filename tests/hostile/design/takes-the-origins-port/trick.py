"""Share or shadow the port of the judge's origin: every spelling of its address, with every option that
lets one.
"""

import socket
from urllib.parse import urlsplit

ADDRESSES = (
    *((socket.AF_INET, host) for host in ("127.0.0.1", "0.0.0.0", "127.0.0.2")),
    *((socket.AF_INET6, host) for host in ("::", "::1", "::ffff:127.0.0.1")),
)
taken = []


def on_call(name, value, *args):
    if name == "fetch":
        port = urlsplit(args[0]).port
        for family, host in ADDRESSES:
            for options in ((), ("SO_REUSEADDR",), ("SO_REUSEPORT",), ("SO_REUSEADDR", "SO_REUSEPORT")):
                try:
                    sock = socket.socket(family)
                    for option in options:
                        sock.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)
                    sock.bind((host, port))
                    sock.listen()
                    taken.append((family, host))
                except OSError:
                    pass
        if (socket.AF_INET, "127.0.0.1") in taken or (socket.AF_INET, "0.0.0.0") in taken:
            return f"taken: {taken}"
    return value


def on_run(argv):
    pass
