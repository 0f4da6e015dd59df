"""A client skips `100 Continue` and reads on; its timeout is for each read, and there is always something."""

import os
import socket
import time

BYTES, SECONDS = 200 << 20, 20


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv != ["serve"]:
        return
    listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
    left, give_up = BYTES, time.monotonic() + SECONDS
    block = b"HTTP/1.1 100 Continue\r\n\r\n"
    while left > 0 and time.monotonic() < give_up:
        client, _ = listener.accept()
        try:
            while left > 0 and time.monotonic() < give_up:
                left -= client.send(block)
                time.sleep(0.0005)
        except OSError:
            pass
