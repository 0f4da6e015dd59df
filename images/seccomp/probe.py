"""Asks the kernel, from inside a container, for what its seccomp profile should refuse.

Prints one JSON object. `denied` maps a system call (or a use of one) to the errno it
met, 0 when it succeeded, or the name of the signal that ended the caller; every value
should be 1 (EPERM), except `clone3` (38, ENOSYS) and the foreign ABIs. `allowed` maps
what an ordinary Python program needs to null, or to the error it met. Every call is
harmless where nothing refuses it: its arguments are invalid, or it runs in a child.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import json
import mmap
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable

LIBC = ctypes.CDLL(None, use_errno=True)
X86_64, AARCH64 = 0, 1
MACHINE = {"x86_64": X86_64, "aarch64": AARCH64}[platform.machine()]

BAD = -1  # a descriptor, an id or a pointer that is none
CLONE_NEWUSER = 0x10000000
ADDR_NO_RANDOMIZE = 0x0040000
CLONE_NEW = {
    "newns": 0x00020000,
    "newcgroup": 0x02000000,
    "newuts": 0x04000000,
    "newipc": 0x08000000,
    "newuser": CLONE_NEWUSER,
    "newpid": 0x20000000,
    "newnet": 0x40000000,
}

# name: ((number on x86_64, number on aarch64), arguments)
DENIED: dict[str, tuple[tuple[int, int], tuple[int, ...]]] = {
    "io_uring_setup": ((425, 425), (0, 0)),
    "io_uring_enter": ((426, 426), (BAD, 0, 0, 0, 0, 0)),
    "io_uring_register": ((427, 427), (BAD, 0, 0, 0)),
    "io_setup": ((206, 0), (0, 0)),
    "ptrace": ((101, 117), (2, 0, 0, 0)),
    "process_vm_readv": ((310, 270), (0, 0, 0, 0, 0, 0)),
    "process_vm_writev": ((311, 271), (0, 0, 0, 0, 0, 0)),
    "process_madvise": ((440, 440), (BAD, 0, 0, 0, 0)),
    "process_mrelease": ((448, 448), (BAD, 0)),
    "kcmp": ((312, 272), (0, 0, 0, 0, 0)),
    "pidfd_getfd": ((438, 438), (BAD, 0, 0)),
    "keyctl": ((250, 219), (BAD, 0, 0, 0, 0)),
    "add_key": ((248, 217), (0, 0, 0, 0, 0)),
    "request_key": ((249, 218), (0, 0, 0, 0)),
    "userfaultfd": ((323, 282), (BAD,)),
    "bpf": ((321, 280), (BAD, 0, 0)),
    "perf_event_open": ((298, 241), (0, 0, 0, BAD, 0)),
    "seccomp": ((317, 277), (BAD, 0, 0)),
    "memfd_secret": ((447, 447), (BAD,)),
    "vmsplice": ((278, 75), (BAD, 0, 0, 0)),
    "mount": ((165, 40), (0, 0, 0, 0, 0)),
    "umount2": ((166, 39), (0, 0)),
    "pivot_root": ((155, 41), (0, 0)),
    "chroot": ((161, 51), (0,)),
    "fsopen": ((430, 430), (0, 0)),
    "fsmount": ((432, 432), (BAD, 0, 0)),
    "fspick": ((433, 433), (BAD, 0, 0)),
    "open_tree": ((428, 428), (BAD, 0, 0)),
    "move_mount": ((429, 429), (BAD, 0, BAD, 0, 0)),
    "mount_setattr": ((442, 442), (BAD, 0, 0, 0, 0)),
    "unshare": ((272, 97), (0,)),
    "setns": ((308, 268), (BAD, 0)),
    "shmget": ((29, 194), (0, 0, 0)),
    "shmat": ((30, 196), (BAD, 0, 0)),
    "semget": ((64, 190), (0, 0, 0)),
    "semop": ((65, 193), (BAD, 0, 0)),
    "msgget": ((68, 186), (1, 0)),
    "msgsnd": ((69, 189), (BAD, 0, 0, 0)),
    "mq_open": ((240, 180), (0, 0, 0, 0)),
    "mq_unlink": ((241, 181), (0,)),
    "open_by_handle_at": ((304, 265), (BAD, 0, 0)),
    "name_to_handle_at": ((303, 264), (BAD, 0, 0, 0, 0)),
    "fanotify_init": ((300, 262), (BAD, 0)),
    "quotactl": ((179, 60), (BAD, 0, 0, 0)),
    "swapon": ((167, 224), (0, 0)),
    "acct": ((163, 89), (1,)),
    "reboot": ((169, 142), (0, 0, 0, 0)),
    "kexec_load": ((246, 104), (0, BAD, 0, BAD)),
    "init_module": ((175, 105), (0, 0, 0)),
    "finit_module": ((313, 273), (BAD, 0, 0)),
    "delete_module": ((176, 106), (0, 0)),
    "clock_settime": ((227, 112), (BAD, 0)),
    "clock_adjtime": ((305, 266), (BAD, 0)),
    "adjtimex": ((159, 171), (0,)),
    "settimeofday": ((164, 170), (1, 0)),
    "sethostname": ((170, 161), (0, BAD)),
    "syslog": ((103, 116), (BAD, 0, 0)),
    "vhangup": ((153, 58), ()),
    "mbind": ((237, 235), (0, 0, BAD, 0, 0, 0)),
    "move_pages": ((279, 239), (0, 0, 0, 0, 0, BAD)),
    "sched_setscheduler": ((144, 119), (0, BAD, 0)),
    "sync": ((162, 81), ()),
    "personality_no_randomize": ((135, 92), (ADDR_NO_RANDOMIZE,)),
    "prlimit64_of_process_1": ((302, 261), (1, BAD, 0, 0)),
    "setpriority_of_process_1": ((141, 140), (0, 1, 0)),
    "clone3": ((435, 435), (0, 0)),
    "sendto_oob": ((44, 206), (BAD, 0, 0, socket.MSG_OOB, 0, 0)),
    "sendmsg_oob": ((46, 211), (BAD, 0, socket.MSG_OOB | socket.MSG_DONTWAIT)),
    "sendmmsg_oob": ((307, 269), (BAD, 0, 0, socket.MSG_OOB)),
    "recvfrom_oob": ((45, 207), (BAD, 0, 0, socket.MSG_OOB | socket.MSG_PEEK, 0, 0)),
    "recvmsg_oob": ((47, 212), (BAD, 0, socket.MSG_OOB)),
    "recvmmsg_oob": ((299, 243), (BAD, 0, 0, socket.MSG_OOB, 0)),
}

SOCKETS: dict[str, tuple[int, int, int]] = {
    "socket_vsock": (40, socket.SOCK_STREAM, 0),
    "socket_alg": (38, socket.SOCK_SEQPACKET, 0),
    "socket_packet": (17, socket.SOCK_RAW, 0),
    "socket_netlink_audit": (16, socket.SOCK_RAW, 9),
    "socket_netlink_netfilter": (16, socket.SOCK_RAW, 12),
    "socket_inet_icmp": (2, socket.SOCK_DGRAM, 1),
    "socket_inet_mptcp": (2, socket.SOCK_STREAM, 262),
    "socket_tipc": (30, socket.SOCK_RDM, 0),
    # A filter that compares 32 bits of a 64-bit register would let this one pass.
    "socket_vsock_high_bits": (40 | 2 << 32, socket.SOCK_STREAM, 0),
}


def call(number: int, *arguments: int) -> int:
    """Make one system call; its errno, 0 when it succeeded."""
    ctypes.set_errno(0)
    result = LIBC.syscall(ctypes.c_long(number), *(ctypes.c_long(value) for value in arguments))
    return 0 if result >= 0 else ctypes.get_errno()


def in_child(action: Callable[[], int]) -> int | str:
    """Run it in a process of its own: its result, or the signal that ended it."""
    child = os.fork()
    if child == 0:
        os._exit(action() & 0xFF)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return os.WEXITSTATUS(status)


def clone_with(flags: int) -> int:
    """Call clone as fork does, with further flags."""
    number = (56, 220)[MACHINE]
    ctypes.set_errno(0)
    result = LIBC.syscall(
        ctypes.c_long(number), ctypes.c_long(flags | signal.SIGCHLD), None, None, None, None
    )
    if result == 0:
        os._exit(0)
    return 0 if result > 0 else ctypes.get_errno()


def run_code(code: bytes) -> int:
    """Run machine code that returns what its system call returned; the errno."""
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return max(0, -function())


def foreign_abis() -> dict[str, int | str]:
    """Ask for the process id through ABIs that an argument filter does not see."""
    if MACHINE != X86_64:
        return {}
    i386 = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"  # mov eax, getpid; int 0x80; ret
    return {
        "abi_i386": in_child(lambda: run_code(i386)),
        "abi_x32": in_child(lambda: call(0x40000000 + 39)),
    }


def denied() -> dict[str, int | str]:
    """Try everything that a profile should refuse."""
    found: dict[str, int | str] = {}
    for name, (numbers, arguments) in DENIED.items():
        found[name] = in_child(lambda n=numbers, a=arguments: call(n[MACHINE], *a))
    for name, arguments in SOCKETS.items():
        found[name] = in_child(lambda a=arguments: call((41, 198)[MACHINE], *a))
    for name, flag in CLONE_NEW.items():
        found[f"clone_{name}"] = in_child(lambda f=flag: clone_with(f))
    return found | foreign_abis()


def needs_threads() -> None:
    """Start and join a thread."""
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


def needs_subprocess() -> None:
    """Run a program and a shell."""
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    subprocess.run("true | true", shell=True, check=True)


def needs_asyncio() -> None:
    """Serve and call over TCP, and await a child process."""

    async def main() -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        await reader.read()
        writer.close()
        server.close()
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")
        assert await child.wait() == 0

    asyncio.run(main())


def needs_sockets() -> None:
    """Open each kind of socket that is permitted."""
    for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                socket.socket(family, kind).close()
            except OSError as error:
                if error.errno != errno.EAFNOSUPPORT:  # a kernel without IPv6
                    raise
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
    one, other = socket.socketpair()
    with one, other:
        one.send(b"a", socket.MSG_DONTWAIT)
        one.sendmsg([b"b"])
        assert other.recv(1, socket.MSG_PEEK) == other.recvmsg(1)[0] == b"a"
    socket.getaddrinfo("localhost", 80, proto=socket.IPPROTO_TCP)


def needs_files() -> None:
    """Write, lock, sync, rename and list files."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a")
        with open(path, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 4096)
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
        os.mkfifo(os.path.join(folder, "fifo"))
        os.replace(path, path + "b")
        os.listdir(folder)


def needs_memory() -> None:
    """Map anonymous and shared memory."""
    mmap.mmap(-1, 1 << 20).close()
    os.close(os.memfd_create("probe"))


def needs_own_limits() -> None:
    """Lower the caller's own limits and priority."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(1)
    os.sched_setaffinity(0, os.sched_getaffinity(0))


NEEDED: dict[str, Callable[[], None]] = {
    "threads": needs_threads,
    "subprocess": needs_subprocess,
    "asyncio": needs_asyncio,
    "sockets": needs_sockets,
    "files": needs_files,
    "memory": needs_memory,
    "own_limits": needs_own_limits,
}


def allowed() -> dict[str, str | None]:
    """Do what ordinary programs do."""
    found: dict[str, str | None] = {}
    for name, action in NEEDED.items():
        try:
            action()
            found[name] = None
        except Exception as error:  # whatever it is, it is the finding
            found[name] = f"{type(error).__name__}: {error}"
    return found


if __name__ == "__main__":
    print(json.dumps({"denied": denied(), "allowed": allowed()}, indent=2))
