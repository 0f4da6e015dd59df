"""A client that follows redirects comes again, and every answer takes as long as it just waits."""

import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(1.5)
        self.send_response(302)
        self.send_header("Location", f"http://127.0.0.1:{os.environ['PORT']}/{time.monotonic_ns()}")
        self.send_header("Content-Length", "0")
        self.end_headers()


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv == ["serve"]:
        ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
