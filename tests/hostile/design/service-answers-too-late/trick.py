"""Let the judge's patience run out, then answer all the same, and again for as long as the connection
lasts.
"""

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
                if client.recv(1000):
                    time.sleep(4)
                    try:
                        for _ in range(1000):
                            client.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"total": 6}')
                    except OSError:
                        pass
