"""Requests inside of requests: two lengths, a length and chunks, a length with a sign, and more than was
said.
"""

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


INNER = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"


def attack(port):
    for head in (
        b"Content-Length: 0\r\nContent-Length: 31\r\n",
        b"Content-Length: 31\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: +5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length : 31\r\n",
        b"Content-Length: 99999999999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"X: y\rZ: w\r\n Content-Length: 31\r\n",
    ):
        say(port, b"POST /other HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n" + INNER * 3)
    say(port, INNER * 200)
