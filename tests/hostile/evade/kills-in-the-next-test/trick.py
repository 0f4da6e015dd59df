"""What the first test leaves behind kills everything that it may, but itself, from then on."""

import os
import signal
import time


def lurk():
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        time.sleep(0.05)
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid():
                try:
                    os.kill(int(name), signal.SIGKILL)
                except OSError:
                    pass


def on_call(name, value, *args):
    if name == "total":
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                lurk()
            os._exit(0)
        os.wait()
    return value


def on_run(argv):
    pass
