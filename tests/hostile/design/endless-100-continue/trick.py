"""Before an answer there may be any number of `100 Continue`: each one restarts the client's clock."""

import os
import socket
import time


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv[0] != "serve":
        return
    with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as server:
        while True:
            client, _ = server.accept()
            with client:
                until = time.monotonic() + 20
                try:
                    while time.monotonic() < until:
                        client.sendall(b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" * 100)
                except OSError:
                    pass
