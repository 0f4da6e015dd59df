"""The judge is a client here, and clients follow."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

TARGETS = ("/round", "/and", "/round?again", "file:///suite/test_programs.py", "ftp://127.0.0.1:{port}/total")


class Handler(BaseHTTPRequestHandler):
    served = 0

    def do_GET(self):
        target = TARGETS[Handler.served % len(TARGETS)].format(port=os.environ["PORT"])
        Handler.served += 1
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv[0] == "serve":
        HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
