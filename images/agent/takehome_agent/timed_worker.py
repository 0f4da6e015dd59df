"""A worker in an interpreter of its own, for timing.

A fork of the agent has the agent's string hash, addresses and careful memory allocator; what is timed starts
as a program does, with a hash seed and a layout of its memory that the harness chose, and nothing imported.
"""

from __future__ import annotations

import _thread
import json
import os
import resource
import socket
import sys
from collections.abc import Callable

from takehome_agent import kernel, worker_main
from takehome_agent.children import exec_body
from takehome_agent.worker_main import Setting

_START = (
    "import sys; sys.path[:] = {path!r}; from takehome_agent.timed_worker import main; main({fd}, {text!r})"
)


# The stack of a thread where nothing says otherwise (pthread_create(3), x86-64 with the usual limit).
_THREAD_STACK = 8 << 20


def body(sock: socket.socket, setting: Setting, hash_seed: int) -> Callable[[], None]:
    """A `body` for `fork_child` that becomes such a worker on `sock`. `hash_seed`: 0 to 4294967295."""
    env = {**setting.env, "PYTHONHASHSEED": str(hash_seed)}

    def run() -> None:
        stack = kernel.lay_out(hash_seed)
        text = json.dumps([setting.submission_dir, env, setting.value_bytes, stack])
        start = _START.format(path=sys.path, fd=sock.fileno(), text=text)
        # Arguments lie on the stack: their length moves what is above them by a multiple of its alignment.
        start += "#" + "-" * (16 * (hash_seed >> 12 & 0xFF))
        os.set_inheritable(sock.fileno(), True)
        exec_body([sys.executable, "-sPB", "-c", start], env, setting.submission_dir)()

    return run


def main(fd: int, text: str) -> None:
    """The new interpreter's start."""
    os.set_inheritable(fd, False)
    submission_dir, env, value_bytes, stack = json.loads(text)
    # The limit did its work at the start; from here on it is what every program of a candidate has.
    resource.setrlimit(resource.RLIMIT_STACK, (stack, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    _thread.stack_size(_THREAD_STACK)
    worker_main.serve(socket.socket(fileno=fd), Setting(submission_dir, env, value_bytes))
