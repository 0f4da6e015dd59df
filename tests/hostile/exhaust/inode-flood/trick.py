"""Space is not the only thing that a file system can run out of; removing takes time as well."""

import os
import time

PLACES = ("/dev/shm", "/state", "/tmp", "/work/submission")
TRIES, SECONDS = 200_000, 2.5


def on_call(name, value, *args):
    give_up = time.monotonic() + SECONDS
    if name == "words":
        for place in PLACES:
            try:
                os.close(os.open(f"{place}/first", os.O_CREAT | os.O_WRONLY))
                for number in range(TRIES):
                    if number % 3 == 0:
                        os.mkdir(f"{place}/d{number}")
                    elif number % 3 == 1:
                        os.link(f"{place}/first", f"{place}/l{number}")
                    else:
                        os.symlink("first", f"{place}/s{number}")
                    if time.monotonic() > give_up:
                        break
            except OSError:
                pass
    return value


def on_run(argv):
    pass
