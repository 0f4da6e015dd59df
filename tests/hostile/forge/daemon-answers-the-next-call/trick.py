"""It outlives its call, for five seconds at most, and says over and over that all is well."""

import gc
import json
import os
import time


def on_call(name, value, *args):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")
            for seq in range(500):
                time.sleep(0.01)
                message = {"type": "result", "seq": seq, "outcome": "returned", "value": "1"}
                body = json.dumps(message).encode()
                try:
                    channel._socket.send(len(body).to_bytes(4, "big") + body)
                except OSError:
                    pass
        os._exit(0)
    time.sleep(0.05)
    return value


def on_run(argv):
    pass
