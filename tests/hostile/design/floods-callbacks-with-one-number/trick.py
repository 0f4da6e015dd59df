"""The agent lets 256 callbacks wait for their answers. They are counted by number, so give all of them the
same.
"""

import json
import os
import stat
import time

PADDING = json.dumps(["tuple", ["list"], ["dict", "padding", "x" * 1_000_000]])


def agent():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return fd
        except OSError:
            pass


def on_call(name, value, *args):
    fd = agent()
    if fd is not None and name == "apply":
        body = json.dumps({"type": "callback", "id": 1, "function": 1, "value": PADDING}).encode()
        frame = len(body).to_bytes(4, "big") + body
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            rest = memoryview(frame)
            while rest:
                rest = rest[os.write(fd, rest) :]
    return value


def on_run(argv):
    pass
