"""Each generation has a group and a session of its own; each waits for the next."""

import os
import time


def on_call(name, value, *args):
    if name == "words":
        for _ in range(10):
            child = os.fork()
            if child:
                os.setpgid(0, 0) if os.getsid(0) != os.getpid() else None
                os.waitpid(child, 0)
                os._exit(0)
            os.setsid()
        time.sleep(3600)
    return value


def on_run(argv):
    on_call("words", None)
