"""Descriptors can travel with bytes: hand the agent hundreds of pipes, and bytes out of band."""

import array
import os
import socket
import stat


def on_call(name, value, *args):
    for fd in range(3, 64):
        try:
            if not stat.S_ISSOCK(os.fstat(fd).st_mode):
                continue
        except OSError:
            continue
        with socket.socket(fileno=os.dup(fd)) as channel:
            if channel.family == socket.AF_UNIX:
                pipes = [end for _ in range(100) for end in os.pipe()]
                rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", pipes[:200]))
                body = b'{"type":"callback-with-gifts"}'
                for _ in range(20):
                    try:
                        channel.sendmsg([len(body).to_bytes(4, "big") + body], [rights])
                    except PermissionError:  # a kernel that lets the agent refuse them
                        channel.sendall(len(body).to_bytes(4, "big") + body)
                    except OSError:
                        break
                for end in pipes:
                    os.close(end)
    return value


def on_run(argv):
    pass
