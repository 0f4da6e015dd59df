"""What is sent and not yet received is the kernel's, and older control groups do not count it."""

import socket
import time

MEGABYTES, SECONDS = 1000, 2


def on_call(name, value, *args):
    if name == "words":
        kept, sent = [], 0
        give_up = time.monotonic() + SECONDS
        while sent < MEGABYTES << 20 and time.monotonic() < give_up:
            try:
                receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
                receiver.bind(("127.0.0.1", 0))
                receiver.connect(receiver.getsockname())
                receiver.setblocking(False)
                kept.append(receiver)
                for _ in range(100):
                    sent += receiver.send(b"x" * 60_000)
            except OSError:
                pass
        time.sleep(0.5)
    return value


def on_run(argv):
    on_call("words", None)
