"""What is not wanted must be closed, or the agent runs out of descriptors, or takes one for its own."""

import os
import socket
import stat
import struct

FRAME = b'{"type":"cancel","id":0}'  # one that asks for nothing


def channel():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return socket.socket(fileno=os.dup(fd))
        except OSError:
            pass
    return None


def on_call(name, value, *args):
    agent = channel()
    if agent is not None and agent.family == socket.AF_UNIX:
        for _ in range(5):
            fds = [os.open("/", os.O_RDONLY) for _ in range(100)]
            try:
                socket.send_fds(agent, [struct.pack(">I", len(FRAME)), FRAME], fds)
            except PermissionError:
                pass  # a kernel that lets the agent refuse them
            for fd in fds:
                os.close(fd)
    return value


def on_run(argv):
    pass
