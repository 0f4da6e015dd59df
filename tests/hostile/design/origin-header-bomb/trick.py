"""Two hundred headers of 64 KiB are within the limits, and the origin keeps each request."""

import socket
import time
from urllib.parse import urlsplit


def say(port, data, pause=0.0):
    """Send, then take what comes back, for a moment."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.3) as sock:
            sock.sendall(data)
            time.sleep(pause)
            return sock.recv(10_000)
    except OSError:
        return b""


def on_call(name, value, *args):
    if name == "fetch":
        attack(urlsplit(args[0]).port)
    return value


def on_run(argv):
    pass


def attack(port):
    head = b"GET /page HTTP/1.1\r\n" + (b"X: " + b"y" * 65_000 + b"\r\n") * 199 + b"\r\n"
    until = time.monotonic() + 2
    while time.monotonic() < until:
        say(port, head)
