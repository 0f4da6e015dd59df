"""The one connection to the judge, without blocking."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any

from takehome_agent.loop import READ, WRITE, Loop
from takehome_wire.frames import FrameBuffer, FrameError, encode_frame


class Connection:
    """Frames to and from the judge. The judge is trusted, so what waits to be sent needs no bound."""

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        incoming: FrameBuffer,
        on_message: Callable[[dict[str, Any]], None],
        on_end: Callable[[], None],
    ) -> None:
        sock.setblocking(False)
        self._loop = loop
        self._socket = sock
        self._incoming = incoming
        self._outgoing = bytearray()
        self._on_message = on_message
        self._on_end = on_end
        self._closed = False
        loop.watch(sock.fileno(), READ, self._ready)

    def send(self, message: Mapping[str, Any]) -> None:
        """Queue one frame."""
        if not self._closed:
            self._outgoing += encode_frame(message)
            self._write()

    def close(self) -> None:
        """Close it, unsent bytes lost."""
        if not self._closed:
            self._closed = True
            self._loop.unwatch(self._socket.fileno())
            self._socket.close()

    def process_buffered(self) -> None:
        """Handle whole frames that are already here."""
        try:
            while not self._closed and (message := self._incoming.next_frame()) is not None:
                self._on_message(message)
        except FrameError:
            self._end()

    def _ready(self) -> None:
        self._write()
        try:
            chunk = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._end()
            return
        self._incoming.feed(chunk)
        self.process_buffered()

    def _write(self) -> None:
        if self._closed:
            return
        try:
            while self._outgoing:
                del self._outgoing[: self._socket.send(self._outgoing[: 1 << 18])]
            self._outgoing = bytearray()  # an emptied one would keep its memory, and what was in it
        except BlockingIOError:
            pass
        except OSError:
            self._end()
            return
        self._loop.watch(self._socket.fileno(), READ | WRITE if self._outgoing else READ, self._ready)

    def _end(self) -> None:
        self.close()
        self._on_end()
