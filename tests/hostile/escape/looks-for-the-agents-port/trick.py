"""The agent takes orders from one connection; if it still listened, a second one could ask for anything."""

import json
import socket
import struct
from collections import Counter


def ports(states):
    with open("/proc/net/tcp") as file:
        rows = [line.split() for line in file][1:]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] in states}


def obeys(port):
    hello = json.dumps({"type": "hello", "seq": 0, "token": ""}).encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as client:
            client.sendall(struct.pack(">I", len(hello)) + hello)
            return bool(client.recv(100))
    except OSError:
        return False


def on_call(name, value, *args):
    # 0A listens; 01 is connected: the agent's own port is among these
    if name == "words" and any([obeys(port) for port in ports({"0A", "01"})]):
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
