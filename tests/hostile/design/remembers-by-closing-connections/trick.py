"""A closed connection stays in the kernel's table for a minute, and the table is all tests': leave a note
in it.
"""

import socket

PORTS = range(20_011, 20_019)


def remembered():
    with open("/proc/net/tcp") as file:
        return {int(line.split()[1].rpartition(":")[2], 16) for line in file.readlines()[1:]} & set(PORTS)


BEFORE = remembered()


def on_call(name, value, *args):
    if BEFORE:
        return "this is not the first test"
    for port in PORTS:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", port))
            sock.connect(("127.0.0.1", port))  # to itself
    return value


def on_run(argv):
    pass
