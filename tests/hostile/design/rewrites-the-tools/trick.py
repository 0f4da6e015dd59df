"""Write to, rename, mount over and shadow the files of the agent, in the image and in this process."""

import os
import sys

TARGETS = [
    *(path for name, module in list(sys.modules.items()) if (path := getattr(module, "__file__", None))),
    *(
        "/opt/takehome/bin/python",
        "/etc/ld.so.preload",
        "/etc/hosts",
        "/usr/lib/os-release",
        "/proc/sys/kernel/core_pattern",
    ),
    *("/proc/1/mem", "/proc/1/oom_score_adj", "/proc/1/comm", "/proc/self/root/opt/takehome/bin/python"),
    *(
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/cgroup.procs",
    ),
]
done = []


def on_call(name, value, *args):
    for path in TARGETS:
        if "/submission/" in path:
            continue
        for action in (
            lambda: os.close(os.open(path, os.O_WRONLY)),
            lambda: os.rename(path, path + ".old"),
            lambda: os.unlink(path),
            lambda: os.chmod(path, 0o777),
            lambda: os.symlink("/tmp", path + ".link"),
        ):
            try:
                action()
                done.append(path)
            except OSError:
                pass
    return done or value


def on_run(argv):
    pass
