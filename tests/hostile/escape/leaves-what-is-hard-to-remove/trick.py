"""Opening a FIFO waits, entering a folder of mode 000 fails, and the places themselves can be closed too."""

import os
import socket
import stat

PLACES = ("/state", "/tmp", "/dev/shm", "/work")


def litter(place):
    for number in range(3):
        folder = f"{place}/closed{number}/inner/innermost"
        os.makedirs(folder)
        os.mkfifo(f"{folder}/fifo")
        os.mkfifo(f"{place}/fifo{number}.py")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{place}/socket{number}")
        os.mknod(f"{place}/plain{number}", stat.S_IFREG)
        os.chmod(f"{place}/plain{number}", 0o7000)
        os.chmod(folder, 0)
        os.chmod(os.path.dirname(folder), 0o1000)
        os.chmod(f"{place}/closed{number}", 0o500)
    os.chmod(place, 0)


def on_call(name, value, *args):
    for place in PLACES:
        if os.stat(place).st_mode & 0o777:
            litter(place)
    return value


def on_run(argv):
    for place in PLACES[:3]:
        litter(place)
