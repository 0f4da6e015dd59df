"""Stop reading the agent's socket, fill the agent's half with shutdowns, and let answers to callbacks pile
up.
"""

import gc
import json
import socket
import time


def on_call(name, value, *args):
    channel = next((thing for thing in gc.get_objects() if type(thing).__name__ == "Channel"), None)
    if channel is not None and name == "apply" and len(args[1]) > 1:
        number = 10**6
        until = time.monotonic() + 2
        while time.monotonic() < until:
            number += 1
            body = {
                "type": "callback",
                "id": number,
                "function": 1,
                "value": '["tuple",["list","' + "x" * 9 + '"],["dict"]]',
            }
            try:
                channel._socket.settimeout(0.2)
                channel._socket.sendall(frame(body))
            except OSError:
                break
        channel._socket.shutdown(socket.SHUT_RD)
    return value


def frame(message):
    body = json.dumps(message).encode()
    return len(body).to_bytes(4, "big") + body


def on_run(argv):
    pass
