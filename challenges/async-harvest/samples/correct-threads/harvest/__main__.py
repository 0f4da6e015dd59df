"""ThreadPoolExecutor and http.client; nothing but the standard library.

A thread that waits for a socket cannot be cancelled, so a watchman shuts sockets down: when their time is
over, at the deadline, and on SIGTERM.
"""

import argparse
import http.client
import json
import signal
import socket
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import legacy

Json = dict[str, Any]

TICK_S = 0.05


class Request:
    """A request in flight. `why` says why the watchman ended it, if he did."""

    def __init__(self, ends_at: float) -> None:
        self.ends_at = ends_at
        self.why: str | None = None
        self.sock: socket.socket | None = None

    def attach(self, sock: socket.socket) -> None:
        self.sock = sock
        if self.why:
            self.end(self.why)

    def end(self, why: str) -> None:
        self.why = self.why or why
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Harvest:
    def __init__(self, options: argparse.Namespace, items: list[Json]) -> None:
        self.options = options
        self.items = items
        self.waiting = list(items)
        self.busy: Counter[str] = Counter()
        self.flying: set[Request] = set()
        self.idle: dict[str, list[http.client.HTTPConnection]] = {}
        self.changed = threading.Condition()
        self.writing = threading.Lock()
        self.stopping = False
        self.statuses: dict[str, str] = {}
        self.out = open(options.out, "w", encoding="utf-8")

    # -- output -----------------------------------------------------------------------------------

    def report(self, item: Json, status: str, http_status: int | None = None, value: Any = None) -> None:
        line = {"id": item["id"], "status": status, "http_status": http_status, "value": value}
        with self.writing:
            if item["id"] in self.statuses or self.out.closed:
                return
            self.statuses[item["id"]] = status
            self.out.write(json.dumps(line) + "\n")
            self.out.flush()

    def close(self) -> None:
        for item in self.items:
            self.report(item, "cancelled")
        with self.writing:
            self.out.close()

    # -- workers ----------------------------------------------------------------------------------

    def take(self) -> Json | None:
        """The next item whose origin has room; waits for one. None when there is nothing left to do."""
        with self.changed:
            while self.waiting and not self.stopping:
                for index, item in enumerate(self.waiting):
                    origin = urlsplit(item["url"]).netloc
                    if self.busy[origin] < self.options.per_origin:
                        self.busy[origin] += 1
                        return self.waiting.pop(index)
                self.changed.wait()
        return None

    def work(self) -> None:
        while (item := self.take()) is not None:
            origin = urlsplit(item["url"]).netloc
            try:
                answer = self.fetch(item, origin)
            finally:
                with self.changed:
                    self.busy[origin] -= 1
                    self.changed.notify_all()
            if answer is not None:
                self.parse(item, *answer)

    def fetch(self, item: Json, origin: str) -> tuple[int, bytes] | None:
        request = Request(time.monotonic() + self.options.timeout)
        with self.changed:
            if self.stopping:
                return None
            self.flying.add(request)
            pool = self.idle.setdefault(origin, [])
            connection = pool.pop() if pool else None
        try:
            status, body = self.get(request, connection, item, origin)
        except (OSError, http.client.HTTPException) as error:
            # The socket's own timeout and the watchman may both be first.
            if isinstance(error, TimeoutError) and not request.why:
                request.why = "timeout"
            if request.why != "cancelled":
                self.report(item, request.why or "net_error")
            return None
        finally:
            with self.changed:
                self.flying.discard(request)
        if 200 <= status < 300:
            return status, body
        self.report(item, "http_error", status)
        return None

    def get(
        self, request: Request, connection: http.client.HTTPConnection | None, item: Json, origin: str
    ) -> tuple[int, bytes]:
        url = urlsplit(item["url"])
        if connection is None:
            connection = http.client.HTTPConnection(origin, timeout=self.options.timeout)
            connection.connect()
        try:
            request.attach(connection.sock)
            connection.request("GET", url.path + (f"?{url.query}" if url.query else ""))
            response = connection.getresponse()
            body = response.read()
        except BaseException:
            connection.close()
            raise
        if response.will_close or request.why:
            connection.close()
        else:
            with self.changed:
                self.idle[origin].append(connection)
        return response.status, body

    def parse(self, item: Json, status: int, body: bytes) -> None:
        try:
            value = legacy.parse(body) if item["parser"] == "legacy" else json.loads(body)
        except ValueError:
            self.report(item, "bad_payload", status)
        else:
            self.report(item, "ok", status, value)

    # -- the main thread is the watchman ----------------------------------------------------------

    def stop(self) -> None:
        with self.changed:
            self.stopping = True
            for request in self.flying:
                request.end("cancelled")
            self.changed.notify_all()

    def run(self, sigterm: threading.Event) -> None:
        deadline = time.monotonic() + self.options.deadline
        threads = max(1, min(self.options.concurrency, len(self.items)))
        with ThreadPoolExecutor(threads) as pool:
            workers = [pool.submit(self.work) for _ in range(threads)]
            while not all(worker.done() for worker in workers):
                if sigterm.wait(TICK_S) or time.monotonic() >= deadline:
                    self.stop()
                    break
                with self.changed:
                    late = [r for r in self.flying if time.monotonic() >= r.ends_at]
                    for request in late:
                        request.end("timeout")
        for worker in workers:
            worker.result()


def main() -> int:
    parser = argparse.ArgumentParser(prog="harvest")
    for name in ("--manifest", "--out"):
        parser.add_argument(name, required=True)
    for name in ("--concurrency", "--per-origin"):
        parser.add_argument(name, type=int, required=True)
    for name in ("--timeout", "--deadline"):
        parser.add_argument(name, type=float, required=True)
    options = parser.parse_args()
    with open(options.manifest, encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]

    sigterm = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: sigterm.set())
    harvest = Harvest(options, items)
    harvest.run(sigterm)
    harvest.close()
    if sigterm.is_set():
        return 143
    return 0 if all(status == "ok" for status in harvest.statuses.values()) else 2


if __name__ == "__main__":
    sys.exit(main())
