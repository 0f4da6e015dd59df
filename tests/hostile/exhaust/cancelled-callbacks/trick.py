"""How many calls may be open is limited; a cancelled one is not open, but its argument is on its way."""

import json
import os
import socket
import stat
import struct
import time

SECONDS = 10
VALUE = '["tuple",["tuple",["list"' + ",0" * 950_000 + ']],["dict"]]'


def frame(**message):
    body = json.dumps(message).encode()
    return struct.pack(">I", len(body)) + body


def channel():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return socket.socket(fileno=fd)
        except OSError:
            pass
    return None


def on_call(name, value, *args):
    agent = channel() if name == "apply" else None
    if agent is not None:
        give_up = time.monotonic() + SECONDS
        number = 1000
        while time.monotonic() < give_up and number < 1200:
            number += 1
            agent.sendall(frame(type="callback", id=number, function=1, value=VALUE))
            agent.sendall(frame(type="cancel", id=number))
        time.sleep(SECONDS)
    return value


def on_run(argv):
    pass
