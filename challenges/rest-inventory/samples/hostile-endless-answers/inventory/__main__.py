"""Answers that do not end, to see who gives up first."""

import os
import random
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    def flood(self) -> None:
        if self.path == "/healthz":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return
        try:
            kind = random.randrange(4)
            if kind == 0:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                self.repeat(b"[" * 65_536)
            elif kind == 1:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                self.repeat(b"ETag: " + b"x" * 60_000 + b"\r\n")
            elif kind == 2:
                self.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000)
            else:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                self.repeat(b"ffffffffffffffff\r\n" + b"\x00" * 65_536)
        except OSError:
            pass

    def repeat(self, data: bytes) -> None:
        while True:
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = flood

    def log_message(self, format: str, *args: Any) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
