"""Names of abstract sockets belong to the network namespace, and no scratch space: leave a server there for
later.
"""

import os
import socket

NAME = "\0takehome-hostile-sample"


def leave():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(NAME)
            sock.listen()
            while True:
                sock.accept()
    finally:
        os._exit(0)


def is_there():
    with socket.socket(socket.AF_UNIX) as sock:
        return sock.connect_ex(NAME) == 0


LATER = is_there()


def on_call(name, value, *args):
    if LATER:
        return "an earlier test's server is still there"
    leave()
    return value


def on_run(argv):
    if LATER:
        raise SystemExit("an earlier test's server is still there")
