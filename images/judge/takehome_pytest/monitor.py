"""Notices at once that a client has gone, while nobody reads its socket."""

from __future__ import annotations

import os
import select
import socket
import sys
import threading
from collections.abc import Callable

_POLL_S = 0.02
_LINUX = sys.platform == "linux"


class DisconnectMonitor:
    """One thread that watches any number of sockets for their client's FIN or RST.

    Data that waits unread (a pipelined request) must not wake it, so on Linux it asks epoll for RDHUP only;
    elsewhere it peeks at each socket 50 times a second. Not poll(): a thread inside of poll() keeps a socket
    that another thread closes alive, and its FIN or RST would be late.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[int, tuple[socket.socket, Callable[[], None]]] = {}
        self._wake_read, self._wake_write = os.pipe()
        self._closed = False
        self._epoll = select.epoll() if _LINUX else None
        if self._epoll is not None:
            self._epoll.register(self._wake_read, select.EPOLLIN)
        self._thread = threading.Thread(target=self._run, name="origin-monitor", daemon=True)
        self._thread.start()

    def watch(self, sock: socket.socket, gone: Callable[[], None]) -> None:
        """Call `gone` once, in the monitor's thread, when the client of `sock` has closed."""
        fd = sock.fileno()
        with self._lock:
            self._watched[fd] = (sock, gone)
            if self._epoll is not None:
                self._epoll.register(fd, select.EPOLLRDHUP)

    def unwatch(self, sock: socket.socket) -> None:
        """Stop watching; must come before the socket is closed."""
        fd = sock.fileno()
        with self._lock:
            if self._watched.pop(fd, None) is not None and self._epoll is not None:
                self._epoll.unregister(fd)

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        os.write(self._wake_write, b"x")
        self._thread.join(timeout=5)
        if self._epoll is not None:
            self._epoll.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _run(self) -> None:
        while not self._closed:
            for fd in self._poll():
                gone = self._take(fd)
                if gone is not None:
                    gone()

    def _take(self, fd: int) -> Callable[[], None] | None:
        with self._lock:
            sock, gone = self._watched.get(fd, (None, None))
            # By now the descriptor may belong to another connection.
            if sock is None or not has_closed(sock):
                return None
            del self._watched[fd]
            if self._epoll is not None:
                self._epoll.unregister(fd)
            return gone

    def _poll(self) -> list[int]:
        if self._epoll is not None:
            return [fd for fd, _ in self._epoll.poll(1.0)]
        ready, _, _ = select.select([self._wake_read], [], [], _POLL_S)
        if ready:
            return []
        with self._lock:
            return list(self._watched)


def has_closed(sock: socket.socket) -> bool:
    """Whether the peer has closed, as far as can be told without taking data from the socket."""
    if sock.fileno() < 0:
        return True
    poller = select.poll()
    poller.register(sock, select.POLLRDHUP if _LINUX else select.POLLIN)
    if not poller.poll(0):
        return False
    if _LINUX:
        return True
    try:  # readable, so this does not wait although the socket has a timeout
        return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
