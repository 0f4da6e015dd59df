"""Send the judge elsewhere: round in a circle, and then to a file of its own."""

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


PLACES = ("//127.0.0.1:%s/again", "http://localhost:%s/again", "file:///suite/test_functions.py?%s")


def answer(client, until):
    if not client.recv(1000):
        return
    answer.count = getattr(answer, "count", -1) + 1
    place = PLACES[min(answer.count, 2)] % os.environ["PORT"]
    client.sendall(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
