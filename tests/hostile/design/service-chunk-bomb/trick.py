"""Chunks that announce exabytes, one byte each, negative sizes, and trailers without end."""

import os
import socket
import time


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv[0] != "serve":
        return
    with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as server:
        until = time.monotonic() + 20
        while True:
            client, _ = server.accept()
            with client:
                try:
                    answer(client, until)
                except OSError:
                    pass


def answer(client, until):
    client.recv(1000)
    client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    client.sendall(b"1\r\n{\r\n" * 100 + b"0" * 60_000 + b"1;x=" + b"y" * 4000 + b"\r\n{\r\n0\r\n")
    while time.monotonic() < until:
        client.sendall(b"X-Trailer: y\r\n" * 1000)
