"""Not hostile: Python programs get an error, not a signal, when whom they talk to has closed. Workers
should too.
"""

import socket


def on_call(name, value, *args):
    here, there = socket.socketpair()
    there.close()
    try:
        here.sendall(b"hello?")
    except BrokenPipeError:
        pass
    here.close()
    return value


def on_run(argv):
    on_call("run", None)
