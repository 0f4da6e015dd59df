"""Pages in a pipe belong to nobody who could be seen to hold them."""

import fcntl
import os

F_SETPIPE_SZ = 1031
PIPES = 1000


def on_call(name, value, *args):
    if name == "words":
        for _ in range(PIPES):
            try:
                _, write = os.pipe2(os.O_NONBLOCK)
                try:
                    fcntl.fcntl(write, F_SETPIPE_SZ, 1 << 20)
                except OSError:
                    pass  # the user's share of large pipes is used up
                while os.write(write, b"x" * 65536):
                    pass
            except OSError:
                pass
    return value


def on_run(argv):
    on_call("words", None)
