"""The call returns a wrong value; what it has started goes on behind it, for two seconds."""

import gc
import json
import threading
import time


def go_on(sessions, channels):
    for seq in range(200):
        for session in sessions:
            for item in session.items:
                item.obj = lambda: None
        for channel in channels:
            message = {"type": "result", "seq": seq, "outcome": "returned", "value": "1"}
            body = json.dumps(message).encode()
            channel._socket.sendall(len(body).to_bytes(4, "big") + body)
        time.sleep(0.01 if sessions else 0.001)


def on_call(name, value, *args):
    found = {"Session": [], "Channel": []}
    for thing in gc.get_objects():
        found.get(type(thing).__name__, []).append(thing)
    threading.Thread(target=go_on, args=(found["Session"], found["Channel"]), daemon=True).start()
    if name == "total" or args == (1994,):
        time.sleep(0.3)
    return value


def on_run(argv):
    pass
