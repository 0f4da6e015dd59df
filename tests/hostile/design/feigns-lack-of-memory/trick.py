"""Have a child killed for memory, then kill this process by the same signal: was that the machine's fault?"""

import os
import signal


def on_call(name, value, *args):
    if name == "total":
        return value
    if os.fork() == 0:
        kept = [bytearray(8 << 20) for _ in range(60)]  # 480 MB, more than there is
        for part in kept:
            for at in range(0, len(part), 4096):
                part[at] = 1
        os._exit(0)
    os.wait()
    os.kill(os.getpid(), signal.SIGKILL)


def on_run(argv):
    os._exit(137 if argv[0] == "sum" else 143)
