"""A hundred requests whose heads and bodies never end, held while the answer is fetched and after."""

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


held = []


def attack(port):
    for n in range(100):
        sock = socket.create_connection(("127.0.0.1", port), timeout=1)
        sock.sendall(
            b"POST /page HTTP/1.1\r\nExpect: 100-continue\r\n"
            + b"Content-Length: 1000\r\n\r\n" * (n % 2)
            + b"X"
        )
        held.append(sock)
