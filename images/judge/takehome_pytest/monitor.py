"""Notices at once that a client has gone, while nobody reads its socket."""

from __future__ import annotations

import os
import select
import socket
import sys
import threading
from collections.abc import Callable

_POLL_S = 0.02
_RDHUP = getattr(select, "POLLRDHUP", 0)


class DisconnectMonitor:
    """One thread that watches any number of sockets for their client's FIN or RST.

    Data that waits unread (a pipelined request) must not wake it, so on Linux it asks for POLLRDHUP only;
    elsewhere it peeks at each socket 50 times a second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[int, tuple[socket.socket, Callable[[], None]]] = {}
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="origin-monitor", daemon=True)
        self._thread.start()

    def watch(self, sock: socket.socket, gone: Callable[[], None]) -> None:
        """Call `gone` once, in the monitor's thread, when the client of `sock` has closed."""
        with self._lock:
            self._watched[sock.fileno()] = (sock, gone)
        self._wake()

    def unwatch(self, fd: int) -> None:
        """Stop watching; must come before the socket is closed."""
        with self._lock:
            self._watched.pop(fd, None)

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._wake()
        self._thread.join(timeout=5)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b"x")
        except (BlockingIOError, OSError):
            pass

    def _run(self) -> None:
        poll = self._poll_linux if _RDHUP and sys.platform == "linux" else self._poll_portable
        while not self._closed:
            for fd in poll():
                with self._lock:
                    entry = self._watched.pop(fd, None)
                if entry is not None:
                    entry[1]()

    def _poll_linux(self) -> list[int]:
        poller = select.poll()
        poller.register(self._wake_read, select.POLLIN)
        with self._lock:
            for fd in self._watched:
                poller.register(fd, _RDHUP)
        ready = [fd for fd, _ in poller.poll(1000)]
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
            ready.remove(self._wake_read)
        return ready

    def _poll_portable(self) -> list[int]:
        ready, _, _ = select.select([self._wake_read], [], [], _POLL_S if self._watched else 1.0)
        if ready:
            os.read(self._wake_read, 4096)
        with self._lock:
            return [fd for fd, (sock, _) in self._watched.items() if has_closed(sock)]


def has_closed(sock: socket.socket) -> bool:
    """Whether the peer has closed, as far as can be told without taking data from the socket."""
    if sock.fileno() < 0:
        return True
    if _RDHUP:
        poller = select.poll()
        poller.register(sock, _RDHUP)
        return bool(poller.poll(0))
    try:
        return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
