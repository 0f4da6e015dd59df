"""Ten thousand requests on each of a few connections, and not one answer is read."""

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
    request = (
        b"GET /" + b"p" * 2000 + b" HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(150)) + b"\r\n"
    )
    held = [socket.create_connection(("127.0.0.1", port), timeout=1) for _ in range(5)]
    until = time.monotonic() + 2
    while time.monotonic() < until:
        for sock in held:
            sock.setblocking(False)
            try:
                sock.send(request * 20)
            except OSError:
                pass
