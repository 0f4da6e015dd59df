"""As many header lines as a client takes, each as long as it takes, then as much body as it reads."""

import os
import socket
import time

BYTES, SECONDS = 200 << 20, 20
LINES = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 65_000) for number in range(98))
HEAD = b"HTTP/1.1 200 OK\r\n" + LINES + b"Content-Length: 99999999999\r\n\r\n"


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv != ["serve"]:
        return
    listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
    left, give_up = BYTES, time.monotonic() + SECONDS
    while left > 0 and time.monotonic() < give_up:
        client, _ = listener.accept()
        try:
            client.sendall(HEAD)
            while left > 0 and time.monotonic() < give_up:
                left -= client.send(b"x" * 65536)
        except OSError:
            pass
