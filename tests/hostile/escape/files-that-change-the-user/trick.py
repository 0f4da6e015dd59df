"""Its own copy of a program gets the set-uid bit; every such file of the image is asked who it runs as."""

import os
import shutil
import stat
import subprocess
import sys
from collections import Counter

REPORT = "import os; print(len({*os.getresuid(), *os.getresgid()}))"
PLACES = ("/tmp", "/state", "/work", "/dev/shm")


def output(*argv):
    try:
        return subprocess.run(argv, capture_output=True, timeout=0.3, stdin=subprocess.DEVNULL).stdout
    except (OSError, subprocess.SubprocessError):
        return b""


def escaped():
    found = []
    for place in PLACES:
        own = f"{place}/own"
        shutil.copyfile("/usr/bin/id", own)
        for owner in (0, -1):
            try:
                os.chown(own, owner, owner)
            except OSError:
                pass
        os.chmod(own, 0o6755)
        found.append(b"uid=" in output(own))
    for folder in ("/usr/bin", "/usr/sbin", "/usr/lib/openssh"):
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            path = f"{folder}/{name}"
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode) and (mode & stat.S_ISUID or has_capabilities(path)):
                found.append(output(path, "-c", "id -u").strip() == b"0")
    found.append(output(sys.executable, "-c", REPORT).strip() not in (b"1", b""))
    return any(found)


def has_capabilities(path):
    try:
        return bool(os.getxattr(path, "security.capability"))
    except OSError:
        return False


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass
