"""A worker in an interpreter of its own, for timing.

A fork of the agent has the agent's string hash and its careful memory allocator; what is timed starts as a
program does, with a hash seed that the harness chose and nothing imported.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable

from takehome_agent import worker_main
from takehome_agent.children import exec_body
from takehome_agent.worker_main import Setting

_START = (
    "import sys; sys.path[:] = {path!r}; from takehome_agent.timed_worker import main; main({fd}, {text!r})"
)


def body(sock: socket.socket, setting: Setting, hash_seed: int) -> Callable[[], None]:
    """A `body` for `fork_child` that becomes such a worker on `sock`. `hash_seed`: 0 to 4294967295."""
    env = {**setting.env, "PYTHONHASHSEED": str(hash_seed)}
    text = json.dumps([setting.submission_dir, env, setting.value_bytes])
    start = _START.format(path=sys.path, fd=sock.fileno(), text=text)
    become = exec_body([sys.executable, "-sPB", "-c", start], env, setting.submission_dir)

    def run() -> None:
        os.set_inheritable(sock.fileno(), True)
        become()

    return run


def main(fd: int, text: str) -> None:
    """The new interpreter's start."""
    os.set_inheritable(fd, False)
    submission_dir, env, value_bytes = json.loads(text)
    worker_main.serve(socket.socket(fileno=fd), Setting(submission_dir, env, value_bytes))
