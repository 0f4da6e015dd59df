"""A descriptor sent over a UNIX socket is closed by whoever reads without wanting it.

This one is a TCP socket that lingers: its last close waits until unsent bytes are gone, and nobody reads.
"""

import os
import socket
import stat
import struct
import time

LINGER_S, WORK_S = 6, 5


def channel():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                found = socket.socket(fileno=os.dup(fd))
                if found.family == socket.AF_UNIX:
                    return found
        except OSError:
            pass
    return None


def on_call(name, value, *args):
    agent = channel() if name == "words" else None
    if agent is not None:
        listener = socket.create_server(("127.0.0.1", 0))
        stuck = socket.create_connection(listener.getsockname())
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, LINGER_S))
        stuck.setblocking(False)
        try:
            while stuck.send(b"x" * 65536):
                pass
        except BlockingIOError:
            pass
        frame = b'{"type":"cancel","id":0}'  # one that asks for nothing
        try:
            socket.send_fds(agent, [struct.pack(">I", len(frame)), frame], [stuck.fileno()])
        except PermissionError:
            pass  # a kernel that lets the agent refuse it
        stuck.close()
        time.sleep(WORK_S)
    return value


def on_run(argv):
    pass
