"""An endpoint that goes away after its first request and comes back on the same port."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from support import FIRST_CONTACT_S, POLL_S, STALL_S


class RestartingEndpoint:
    """Stops listening before it answers its first request (503); `down_s` later it answers 200.

    While it is down the port stays bound but does not listen: the kernel refuses connections, and
    nobody else can be given the port.
    """

    def __init__(self, down_s: float) -> None:
        self._down_s = down_s
        self._lock = threading.Condition()
        self._delivered: set[str] = set()
        self._touched = threading.Event()
        self._is_back = False
        self._server = self._new_server()
        self._server.server_bind()
        self._server.server_activate()
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._serving = self._serve(self._server)
        self._restarter = threading.Thread(target=self._restart, daemon=True)

    def __enter__(self) -> "RestartingEndpoint":
        self._restarter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._touched.set()
        self._restarter.join()
        self._server.shutdown()
        self._server.server_close()

    def wait_for_delivery(self, wanted: set[str], process: Any) -> set[str]:
        """Wait until all of `wanted` are delivered, or no more can be expected; return those that are."""
        give_up = time.monotonic() + FIRST_CONTACT_S
        contact = False
        while True:
            alive = process.running
            if not contact and self._touched.is_set():
                contact = True
                give_up = time.monotonic() + self._down_s + STALL_S
            left = give_up - time.monotonic()
            with self._lock:
                done = self._lock.wait_for(lambda: wanted <= self._delivered, max(0.0, min(left, POLL_S)))
                if done or not alive or left <= 0:
                    return set(self._delivered)

    def _restart(self) -> None:
        self._touched.wait()
        time.sleep(self._down_s)
        with self._lock:
            self._is_back = True
        self._server.server_activate()
        self._serve(self._server)

    def _go_down(self) -> None:
        """Close the listening socket and take the port again, without listening."""
        old = self._server
        old.shutdown()
        old.server_close()
        self._server = self._new_server(self.port)
        self._server.server_bind()

    def _new_server(self, port: int = 0) -> ThreadingHTTPServer:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self._answer(endpoint._receive(body))

            def _answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler, bind_and_activate=False)
        server.daemon_threads = True
        server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return server

    def _serve(self, server: ThreadingHTTPServer) -> threading.Thread:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        return thread

    def _receive(self, body: bytes) -> int:
        """Take note of a request; the status to answer with."""
        with self._lock:
            if not self._is_back:
                if not self._touched.is_set():
                    self._go_down()
                    self._touched.set()
                return 503
            try:
                self._delivered.add(str(json.loads(body)["id"]))
            except (ValueError, KeyError, TypeError):
                return 400
            self._lock.notify_all()
            return 200
