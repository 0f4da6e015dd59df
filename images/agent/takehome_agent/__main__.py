"""`python -sPB -m takehome_agent`: prepare as the host says, take one submission, serve, leave nothing.

Between the preparation and the submission it may wait for long: a container may be started ahead of need.

`--local DIR` is the same without a container: the places are below DIR, and nothing is protected.
"""

from __future__ import annotations

import contextlib
import gc
import hmac
import importlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from takehome_agent import kernel, places
from takehome_agent.agent import Agent, Config
from takehome_agent.scratch import BadArchive, Submission
from takehome_wire.frames import FrameBuffer, FrameError, encode_frame, read_exactly, read_frame
from takehome_wire.limits import MAX_VALUE_BYTES

_JUDGE_ARRIVES_S = 600.0
_HELLO_S = 10.0
_MAX_OUTPUT_BYTES = 64 << 20


class Fatal(Exception):
    """The agent cannot go on."""


def main(arguments: list[str]) -> int:
    """Run the agent. Returns the exit code."""
    # First of all: Python's handler would let a candidate's `kill -INT 1` raise inside this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    local_root = arguments[1] if arguments[:1] == ["--local"] else None
    kernel.hide_from_candidate()
    is_init = os.getpid() == 1
    if not is_init:
        kernel.adopt_orphans()
    host_in, host_out = _take_streams()
    try:
        prepared = _prepare(host_in)
        token, config = _submission(host_in, prepared, local_root, is_init)
        listener = socket.create_server(("127.0.0.1", 0), backlog=8)
        host_out.write(encode_frame({"type": "ready", "port": listener.getsockname()[1]}))
        host_out.flush()
        judge, buffer = _await_judge(listener, token, host_in.fileno())
    except (Fatal, FrameError, EOFError) as error:
        host_out.write(encode_frame({"type": "fatal", "message": str(error)}))
        host_out.flush()
        return 1
    del token
    if judge is not None:
        Agent(config).serve(judge, buffer, host_in.fileno())
    if local_root is not None:
        config.places.remove()
    return 0


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep our standard streams to ourselves and point descriptors 0 and 1 at nothing."""
    host_in, host_out = (os.fdopen(os.dup(fd), mode, 0) for fd, mode in ((0, "rb"), (1, "wb")))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return host_in, host_out  # type: ignore[return-value]


@dataclass(frozen=True)
class _Prepared:
    """What is the same for every submission to a challenge."""

    env: dict[str, str]
    output_bytes: int
    value_bytes: int
    call_timeout_s: float
    warm_programs: bool


def _prepare(host: BinaryIO) -> _Prepared:
    """Take the host's first message, and import what every submission may need."""
    message = _expect(host, "prepare")
    with _malformed("prepare"):
        limits = message["limits"]
        prepared = _Prepared(
            env=dict(message["env"]),
            output_bytes=min(int(limits["output_bytes"]), _MAX_OUTPUT_BYTES),
            value_bytes=min(int(limits["value_bytes"]), MAX_VALUE_BYTES),
            call_timeout_s=float(limits["call_timeout_s"]),
            warm_programs=message["warm_programs"] is True,
        )
        modules = [str(name) for name in message["preload"]]
    _preload(modules)
    return prepared


def _submission(
    host: BinaryIO, prepared: _Prepared, local_root: str | None, is_init: bool
) -> tuple[str, Config]:
    """Take the submission, and import what it names of the libraries that not every one does."""
    message = _expect(host, "submission")
    with _malformed("submission"):
        archive = read_exactly(host, int(message["submission_bytes"]))
        where = places.local(local_root) if local_root is not None else places.container()
        inherit = local_root is not None
        config = Config(
            places=where,
            env=places.environment(where, int(message["seed"]), prepared.env, inherit=inherit),
            submission=Submission(archive),
            output_bytes=prepared.output_bytes,
            value_bytes=prepared.value_bytes,
            call_timeout_s=prepared.call_timeout_s,
            warm_programs=prepared.warm_programs,
            is_init=is_init,
        )
        token = str(message["token"])
        modules = [str(name) for name in message["preload"]]
    if modules:
        _preload(modules)
    return token, config


def _expect(host: BinaryIO, kind: str) -> dict[str, Any]:
    message = read_frame(host)
    if message is None or message["type"] != kind:
        raise Fatal(f"expected a {kind} frame")
    return message


@contextlib.contextmanager
def _malformed(kind: str) -> Iterator[None]:
    """What is wrong with a message of the host, as an error that it understands."""
    try:
        yield
    except KeyError as error:
        raise Fatal(f"the {kind} frame lacks {error}") from None
    except (TypeError, ValueError) as error:
        raise Fatal(f"malformed {kind} frame: {error}") from None
    except BadArchive as error:
        raise Fatal(f"the submission's archive is unusable: {error}") from None


def _preload(modules: list[str]) -> None:
    """Import libraries of the image once; every worker inherits them."""
    os.environ.update(places.thread_limits())
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:
            raise Fatal(f"preload of {name!r} failed: {type(error).__name__}: {error}") from None
    gc.collect()
    gc.freeze()  # a collection in a worker would otherwise copy every page


def _await_judge(
    listener: socket.socket, token: str, host_fd: int
) -> tuple[socket.socket | None, FrameBuffer]:
    """The authenticated connection, or None when the host went away first."""
    give_up = time.monotonic() + _JUDGE_ARRIVES_S
    with listener:
        while time.monotonic() < give_up:
            watched: list[Any] = [listener, host_fd]
            ready, _, _ = select.select(watched, [], [], 1.0)
            if host_fd in ready:
                return None, FrameBuffer()
            if ready:
                sock, _ = listener.accept()
                buffer = FrameBuffer()
                if _says_token(sock, buffer, token):
                    return sock, buffer
                sock.close()
    raise Fatal("no judge connected")


def _says_token(sock: socket.socket, buffer: FrameBuffer, token: str) -> bool:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(_HELLO_S)
    message: dict[str, Any] | None = None
    try:
        while message is None:
            chunk = sock.recv(65536)
            if not chunk:
                return False
            buffer.feed(chunk)
            message = buffer.next_frame()
    except (OSError, FrameError):
        return False
    given = message.get("token")
    if message["type"] != "hello" or not isinstance(given, str):
        return False
    return hmac.compare_digest(given.encode(), token.encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
