"""Nothing of Python is left that a hook could end; the channel is inherited, so it stays open."""

import os


def on_call(name, value, *args):
    if name == "words":
        for fd in map(int, os.listdir("/proc/self/fd")):
            try:
                os.set_inheritable(fd, True)
            except OSError:
                pass  # the one that listed the folder
        os.execv("/bin/sleep", ["sleep", "3600"])
    return value


def on_run(argv):
    on_call("words", None)
