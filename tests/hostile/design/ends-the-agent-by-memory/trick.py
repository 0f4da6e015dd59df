"""The agent asks that the kernel kill a worker first. Take that back, stay small, fill memory with files."""

import sys

FILL = """
chunk = bytes(1 << 20)
for folder in ("/state", "/tmp", "/work", "/dev/shm"):
    try:
        with open(folder + "/filler", "wb", 0) as file:
            for _ in range(70):
                file.write(chunk)
    except OSError:
        pass
"""


def on_call(name, value, *args):
    import os

    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
    except OSError as error:
        print(error, file=sys.stderr, flush=True)
    for fd in range(3, 64):
        try:
            os.set_inheritable(fd, True)  # or the agent would see it hang up
        except OSError:
            pass
    os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", FILL])


def on_run(argv):
    pass
