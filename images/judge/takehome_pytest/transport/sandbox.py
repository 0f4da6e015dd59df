"""Reach the agent of the candidate's container: both containers share one loopback interface."""

from __future__ import annotations

import socket

from takehome_pytest.transport.client import CONNECT_S, AgentClient


def connect(port: int, token: str) -> AgentClient:
    """Connect and authenticate. Raises OSError or FrameError."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_S)
    try:
        return AgentClient(sock, token)
    except BaseException:
        sock.close()
        raise
