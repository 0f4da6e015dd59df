"""Who lists, sorts, prints or joins these names meets bytes that no encoding likes."""

import os

PLACES = (b"/dev/shm", b"/state", b"/tmp", b"/work/submission")
NAMES = [
    *(bytes([byte]) * 255 for byte in range(1, 256) if byte not in b"/."),
    *(b"\x1b[2J\x1b]0;pwned\x07%d\n" % number for number in range(500)),
    *(".takehome-{}".format(number).encode() for number in range(1, 20)),
    *(b"-rf", b"--", b"~", b"$(id)", b"`id`", b"\\", b"'\"", b"\xe2\x80\xae", b"\xed\xa0\x80"),
]


def on_call(name, value, *args):
    for place in PLACES:
        for number, path in enumerate(NAMES):
            try:
                if number % 2:
                    os.mkdir(place + b"/" + path)
                    os.symlink(b"..", place + b"/" + path + b"/up")
                else:
                    os.mknod(place + b"/" + path)
            except OSError:
                pass
    return value


def on_run(argv):
    on_call("run", None)
