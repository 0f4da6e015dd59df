"""What is no request must not be logged, and must not end the origin: broken lines, targets and versions."""

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
    for data in (
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"GET //[::1/ HTTP/1.1\r\n\r\n",
        b"GET /page HTTP/2.0\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
        b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /page HTTP/1.1\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
        b"GET /page HTTP/1.1\r\n: y\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\xff" * 1000,
    ):
        say(port, data)
