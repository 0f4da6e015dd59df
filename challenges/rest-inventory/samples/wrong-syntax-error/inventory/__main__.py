"""The inventory service, the quick way."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ITEMS: dict[str, dict[str, Any]] = {}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        *_, last = self.path.split("?")[0].split("/")
        if last in ITEMS:
            self.answer(200, ITEMS[last])
        elif last == "items":
            self.answer(200, {"items": list(ITEMS.values())})
        else:
            self.answer(200 if last == "healthz" else 404, {})

    def do_POST(self) -> None:
        item = self.body()
        item["id"] = str(len(ITEMS) + 1)
        ITEMS[item["id"]] = item
        self.answer(201, item)

    def do_PUT(self) -> None:
        *_, last = self.path.split("/")
        ITEMS[last].update(self.body())
        self.answer(200, ITEMS[last])

    do_PATCH = do_PUT

    def do_DELETE(self) -> None:
        *_, last = self.path.split("/")
        self.answer(204 if ITEMS.pop(last, None) else 404, {})

    def body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, status: int, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def main() -> None:
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main()
