"""Send the judge to a file server, whose replies say where to connect next."""

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
    """A web server that redirects, and the file server that it redirects to, on one port."""
    client.settimeout(0.2)
    try:
        request = client.recv(1000)
    except TimeoutError:
        request = b""
    if request.startswith(b"GET"):
        place = f"ftp://127.0.0.1:{os.environ['PORT']}/total;type=d"
        client.sendall(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
        return
    client.settimeout(5)
    client.sendall(b"220 ready\r\n")
    while client.recv(1000):
        client.sendall(b"230-" + b"y" * 5000 + b"\r\n230 (|||22|)\r\n")
