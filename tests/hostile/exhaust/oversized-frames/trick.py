"""Who believes a length makes room for it, and who parses before counting pays for every bracket."""

import os
import stat
import struct

FRAMES = {
    "words": struct.pack(">I", 0xFFFFFFFF) + b"x" * 100_000,
    "apply": struct.pack(">I", 10_000_000) + b"[" * 10_000_000,
    "roman": struct.pack(">I", 6_000_002) + b"{" + b'"a":1,' * 1_000_000 + b"}",
}


def on_call(name, value, *args):
    for fd in range(3, 64) if name in FRAMES else ():
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                data = FRAMES[name]
                while data:
                    data = data[os.write(fd, data[:65536]) :]
        except OSError:
            pass
    return value


def on_run(argv):
    pass
