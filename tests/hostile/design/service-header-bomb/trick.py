"""Thousands of header lines of almost the longest that a client takes."""

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
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    for n in range(1500):
        client.sendall(b"X-%d: " % n + b"y" * 65_000 + b"\r\n")
