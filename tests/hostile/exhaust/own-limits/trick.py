"""No byte may be written, no file opened, no second of CPU spent: the kernel itself ends the process."""

import resource

LIMITS = ("RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_CPU", "RLIMIT_STACK", "RLIMIT_DATA")


def on_call(name, value, *args):
    if name == "words":
        for limit in LIMITS:
            resource.setrlimit(getattr(resource, limit), (0, 0))
        while True:
            pass
    return value


def on_run(argv):
    on_call("words", None)
