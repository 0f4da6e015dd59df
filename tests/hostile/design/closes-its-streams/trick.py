"""Never read standard input, close both outputs, and go on: whoever waits for their end must not wait for
ours.
"""

import os
import sys
import time


def on_call(name, value, *args):
    for fd in (1, 2):
        try:
            os.close(fd)
        except OSError:
            pass  # the second call of a worker
    return value


def on_run(argv):
    if argv[0] == "sum":
        os.close(0)
        sys.stdout.close()
        os.close(2)
        time.sleep(20)
