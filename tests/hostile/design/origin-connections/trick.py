"""The judge's origin has a thread for each connection: open thousands of them and say nothing on any."""

import socket
import time
from urllib.parse import urlsplit


def on_call(name, value, *args):
    if name == "fetch":
        port = urlsplit(args[0]).port
        held = []
        until = time.monotonic() + 2
        while len(held) < 3000 and time.monotonic() < until:
            try:
                held.append(socket.create_connection(("127.0.0.1", port), timeout=0.5))
                held[-1].send(b"GET /page HTTP/1.1\r\n")
            except OSError:
                break
    return value


def on_run(argv):
    pass
