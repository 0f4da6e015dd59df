"""A closed connection keeps its port for a minute, longer than its process lives: leave one on every port."""

import socket
import time


def leave_ports_closing(seconds):
    """Each socket connects to itself: one call makes both ends, and one end stays."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        low, high = map(int, file.read().split())
    until = time.monotonic() + seconds
    for port in range(low, high + 1):
        try:
            with socket.socket() as sock:
                sock.bind(("127.0.0.1", port))
                sock.connect(("127.0.0.1", port))
        except OSError:
            pass
        if time.monotonic() > until:
            return


def on_call(name, value, *args):
    leave_ports_closing(2)
    return value


def on_run(argv):
    pass
