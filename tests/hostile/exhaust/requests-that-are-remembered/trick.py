"""No request is large, none is left open; but an endpoint that keeps a log keeps what was sent."""

import http.client
import time
from urllib.parse import urlsplit

BYTES, SECONDS = 8_000_000, 2.5


def on_call(name, value, *args):
    address = urlsplit(args[0]) if name == "fetch" else None
    if address and address.port:
        give_up = time.monotonic() + SECONDS
        client = http.client.HTTPConnection("127.0.0.1", address.port, timeout=2)
        while time.monotonic() < give_up:
            try:
                client.request("POST", "/page", b"x" * BYTES)
                client.getresponse().read()
            except (OSError, http.client.HTTPException):
                break
    return value


def on_run(argv):
    pass
