"""The interpreter, its libraries and the agent are files; so are the engine's /etc/hosts and its like."""

import os
from collections import Counter

SCRATCH = ("/work", "/state", "/tmp", "/dev/shm", "/dev/mqueue", "/proc", "/sys")
FILES = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/passwd", "/etc/ld.so.preload")
FOLDERS = 3000


def writes(path, flags):
    try:
        os.close(os.open(path, flags | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True


def escaped():
    found = [writes(path, os.O_APPEND) for path in FILES]
    for count, (folder, folders, files) in enumerate(os.walk("/")):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in SCRATCH]
        found.append(writes(os.path.join(folder, ".takehome-was-here"), os.O_CREAT))
        paths = [os.path.join(folder, name) for name in files[:3]]
        found += [writes(path, os.O_APPEND) for path in paths if os.path.isfile(path)]
        if count > FOLDERS or any(found):
            break
    return any(found)


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
