"""An endpoint that reads what is announced holds it in memory, once for each connection."""

import socket
import threading
import time
from urllib.parse import urlsplit

BYTES, CLIENTS, SECONDS = 60_000_000, 30, 2.7


def send(port, give_up):
    left, block = BYTES, b"x" * (1 << 20)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(b"POST /page HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % BYTES)
            while left > len(block) and time.monotonic() < give_up:
                left -= client.send(block)
            time.sleep(max(0, give_up - time.monotonic()))
    except OSError:
        pass


def on_call(name, value, *args):
    port = urlsplit(args[0]).port if name == "fetch" else None
    if port:
        give_up = time.monotonic() + SECONDS
        threads = [threading.Thread(target=send, args=(port, give_up)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return value


def on_run(argv):
    pass
