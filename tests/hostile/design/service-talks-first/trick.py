"""The answer is there before the question, twice, with more than was asked and nothing after the end."""

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
    body = b'{"total": 0}'
    reply = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 12\r\n\r\n" + body
    client.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + reply * 3)
    client.recv(1000)
    client.sendall(reply)
    time.sleep(1)
