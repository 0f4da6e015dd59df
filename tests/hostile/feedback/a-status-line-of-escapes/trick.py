"""A service whose status line, headers and body are escapes: a client quotes them in its errors."""

import os
import socket
import sys

ANSWERS = (
    b"HTTP/1.1 200 \x1b[2J\x1b]0;passed\x07\r\nX-\x1b[31m: \x9b\r\n\r\n\x1b[2J::error::x",
    b"\x1b[2J\x1b[1;1H100 of 100\r\n::error::x\r\n\r\n",
)


def on_call(name, value, *args):
    return value


def on_run(argv):
    if argv != ["serve"]:
        return
    with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as listener:
        for answer in [b"", *ANSWERS]:
            sock, _ = listener.accept()
            with sock:
                sock.recv(1 << 16)
                sock.sendall(answer)
            print(answer.decode("latin-1"), file=sys.stderr)
    sys.exit(1)
