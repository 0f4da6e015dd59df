"""Close the channel to the agent and go on: whoever waits for an answer there, or for the end of this
process, waits.
"""

import os
import signal
import stat
import time


def on_call(name, value, *args):
    if name == "total":
        return value
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.close(fd)
        except OSError:
            pass
    time.sleep(20)


def on_run(argv):
    pass
