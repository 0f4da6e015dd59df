"""The agent: what the judge can ask for, and the rules that hold whatever candidate code does."""

from __future__ import annotations

import base64
import binascii
import itertools
import os
import resource
import socket
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from takehome_agent import kernel, scratch
from takehome_agent.children import CannotStart, Child, Cost, exec_body, fork_child
from takehome_agent.connection import Connection
from takehome_agent.loop import READ, Loop
from takehome_agent.places import Places
from takehome_agent.process import Process, encode_bytes, kill_with_descendants
from takehome_agent.worker import Worker
from takehome_agent.worker_main import Setting
from takehome_wire.frames import FrameBuffer

TRANSFER_BYTES = 4 << 20
_MAX_TRACKED = 256
_MAX_NOTES = 50
_KILL_S = 5.0
_EMPTY_S = 10.0
_LEFTOVER_GRACE_S = 0.2
_FEED_BACKLOG = 8 << 20
_MAX_LISTED = 50_000

Reply = Callable[[dict[str, Any]], None]


class Refusal(Exception):  # noqa: N818
    """A request that cannot be met; `code` says why in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Config:
    """What the host decided before the judge connects."""

    places: Places
    env: dict[str, str]
    submission: scratch.Submission
    output_bytes: int
    value_bytes: int
    call_timeout_s: float
    is_init: bool


class Agent:
    """Serves one judge over one connection."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = Loop(self._reap)
        self._connection: Connection | None = None
        self._children: dict[int, Child] = {}
        self._processes: dict[int, Process] = {}
        self._workers: dict[int, Worker] = {}
        self._calls: dict[int, Worker] = {}
        self._serial = itertools.count(1)
        self._open = False
        self._ending = False
        self._clean = True
        self._cost = Cost()
        self._notes: list[dict[str, str]] = []

    def serve(self, judge: socket.socket, incoming: FrameBuffer, host_fd: int) -> None:
        """Answer the judge until it, or the host, goes away. Everything is dead on return, if that can be."""
        self._loop.watch(host_fd, READ, lambda: self._host_spoke(host_fd))
        self._connection = Connection(self._loop, judge, incoming, self._message, self._loop.stop)
        where = self._config.places
        dirs = {"work_dir": where.submission, "state_dir": where.state, "tmp_dir": where.tmp}
        self._connection.send({"type": "reply", "seq": 0, "ok": True, **dirs})
        self._connection.process_buffered()
        self._loop.run()
        self._kill_everything()
        self._connection.close()

    def _host_spoke(self, host_fd: int) -> None:
        """Nothing follows the setup: its end, or anything else, is the end of the grading."""
        self._loop.unwatch(host_fd)
        self._loop.stop()

    # -- requests ---------------------------------------------------------------------------------

    def _message(self, message: dict[str, Any]) -> None:
        if message["type"] == "answer":
            worker = self._calls.get(message.get("seq", -1))
            if worker is not None:
                worker.answer_callback(message)
            return
        seq = message.get("seq")
        handler = getattr(self, f"_op_{message['type']}", None)

        def reply(fields: dict[str, Any]) -> None:
            if self._connection is not None:
                self._connection.send({"type": "reply", "seq": seq, "ok": True, **fields})

        try:
            if handler is None:
                raise Refusal("bad_request", f"unknown request {message['type']!r}")
            handler(message, reply)
        except Refusal as error:
            self._refuse(seq, error.code, str(error))
        except scratch.OutsidePath as error:
            self._refuse(seq, "outside", str(error))
        except CannotStart as error:
            self._refuse(seq, "cannot_start", str(error))
        except OSError as error:
            self._refuse(
                seq, type(error).__name__, f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
            )
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            self._refuse(seq, "bad_request", f"{type(error).__name__}: {error}")

    def _refuse(self, seq: Any, code: str, text: str) -> None:
        if self._connection is not None:
            self._connection.send(
                {"type": "reply", "seq": seq, "ok": False, "error": code, "message": text[:2000]}
            )

    def _require_scenario(self) -> None:
        if not self._open:
            raise Refusal("no_scenario", "no scenario is open")

    # -- scenarios --------------------------------------------------------------------------------

    def _op_begin(self, _message: dict[str, Any], reply: Reply) -> None:
        if self._open:
            raise Refusal("scenario_open", "a scenario is open already")
        clean = self._clean and self._kill_everything() and self._empty()
        if clean:
            try:
                self._config.submission.unpack(self._config.places.submission)
            except OSError as error:
                raise Refusal(
                    "cannot_start", f"the submission could not be unpacked: {error.strerror}"
                ) from None
        self._clean = clean
        self._open = clean
        reply({"clean": clean})

    def _op_end(self, _message: dict[str, Any], reply: Reply) -> None:
        self._note_leftovers()
        self._clean = self._clean and self._kill_everything() and self._empty()
        self._open = False
        reply({"clean": self._clean})

    def _op_account(self, _message: dict[str, Any], reply: Reply) -> None:
        cost, self._cost = self._cost, Cost()
        notes, self._notes = self._notes, []
        usage = {"cpu_ms": round(cost.cpu_s * 1000), "peak_memory_bytes": cost.peak_memory_bytes}
        reply({"clean": self._clean, "usage": usage, "notes": notes})

    def _empty(self) -> bool:
        deadline = time.monotonic() + _EMPTY_S
        places = list(self._config.places.roots)
        if self._config.is_init and os.access("/dev/shm", os.W_OK):  # noqa: S108
            places.append("/dev/shm")  # noqa: S108
        return all(scratch.empty_directory(path, deadline) for path in places)

    # -- workers ----------------------------------------------------------------------------------

    def _op_worker(self, _message: dict[str, Any], reply: Reply) -> None:
        self._require_scenario()
        number = next(self._serial)
        self._workers[number] = self._new_worker()
        reply({"worker": number})

    def _op_close_worker(self, message: dict[str, Any], reply: Reply) -> None:
        worker = self._workers.pop(message["worker"], None)
        if worker is not None:
            worker.kill("closed")
        reply({})

    def _op_invoke(self, message: dict[str, Any], reply: Reply) -> None:
        request = {"type": "invoke", "action": message["action"], "value": message["value"]}
        for name in ("target", "name", "ref", "count"):
            if name in message:
                request[name] = message[name]
        self._ask_worker(message, request, reply)

    def _op_probe(self, message: dict[str, Any], reply: Reply) -> None:
        self._ask_worker(message, {"type": "probe", "module": message["module"]}, reply)

    def _ask_worker(self, message: dict[str, Any], request: dict[str, Any], reply: Reply) -> None:
        self._require_scenario()
        seq, number = message["seq"], message.get("worker")
        timeout_s = float(message.get("timeout_s") or self._config.call_timeout_s)
        if number is not None and number not in self._workers:
            raise Refusal("bad_request", "this worker is closed")
        worker = self._new_worker() if number is None else self._workers[number]
        if worker.busy:
            raise Refusal("bad_request", "this worker is busy with another call")

        def done(result: dict[str, Any]) -> None:
            self._calls.pop(seq, None)
            if number is None:
                worker.kill("closed")
            stderr = worker.child.stderr
            stderr.read_some()
            tail = bytes(stderr.data[-4096:])
            reply({**result, "stderr_tail": encode_bytes(tail, 0, len(tail))})

        self._calls[seq] = worker
        worker.request(seq, request, timeout_s, done)

    def _new_worker(self) -> Worker:
        self._check_room()
        config = self._config
        worker = Worker(
            self._loop,
            Setting(config.places.submission, config.env, config.value_bytes),
            output_cap=config.output_bytes,
            on_exit=lambda child: self._worker_exited(worker, child),
            on_callback=self._forward_callback,
            on_violation=lambda detail: self._note("protocol_violation", detail),
            die_with_parent=not config.is_init,
        )
        self._children[worker.child.pid] = worker.child
        return worker

    def _worker_exited(self, worker: Worker, child: Child) -> None:
        child.close()
        self._note_capped(child)
        worker.exited()

    def _forward_callback(self, seq: int, fields: dict[str, Any]) -> None:
        if self._connection is not None:
            self._connection.send({"type": "callback", "seq": seq, **fields})

    # -- programs ---------------------------------------------------------------------------------

    def _op_spawn(self, message: dict[str, Any], reply: Reply) -> None:
        self._require_scenario()
        self._check_room()
        config = self._config
        argv = [str(arg) for arg in message["argv"]]
        if not argv or any("\0" in arg for arg in argv):
            raise Refusal("bad_request", "argv needs a program, and no argument may contain NUL")
        if argv[0] == "python":
            argv[0] = sys.executable
        env = {**config.env, **{str(k): str(v) for k, v in (message.get("env") or {}).items()}}
        child = fork_child(
            self._loop,
            config.output_bytes,
            exec_body(argv, env, config.places.submission),
            lambda child: self._process_exited(process, child),
            stdin=bool(message.get("stdin")),
            die_with_parent=not config.is_init,
        )
        process = Process(self._loop, child, self._orphans_of, self._note_orphans)
        self._children[child.pid] = child
        number = next(self._serial)
        self._processes[number] = process
        if message.get("timeout_s") is not None:
            process.set_deadline(float(message["timeout_s"]))
        reply({"process": number, "pid": child.pid})

    def _process_exited(self, process: Process, child: Child) -> None:
        process.exited(final=self._ending)
        self._note_capped(child)

    def _op_feed(self, message: dict[str, Any], reply: Reply) -> None:
        process = self._process(message)
        feed = process.child.feed
        if feed is None:
            raise Refusal("bad_request", "this process has no standard input")
        feed.write(base64.b64decode(message["data"]), end=bool(message["end"]))

        def check() -> None:
            if feed.backlog > _FEED_BACKLOG and process.child.status is None:
                self._loop.after(0.005, check)
            else:
                reply({})

        check()

    def _op_wait(self, message: dict[str, Any], reply: Reply) -> None:
        process = self._process(message)
        if message.get("timeout_s") is not None:
            process.set_deadline(float(message["timeout_s"]))
        process.wait(reply)

    def _op_poll(self, message: dict[str, Any], reply: Reply) -> None:
        process = self._process(message)
        fields = process.describe_output() if message.get("output") else {}
        reply({"running": not process.over, **fields})

    def _op_output(self, message: dict[str, Any], reply: Reply) -> None:
        child = self._process(message).child
        capture = child.stdout if message["stream"] == "stdout" else child.stderr
        reply({"data": encode_bytes(capture.data, int(message["offset"]), TRANSFER_BYTES)})

    def _op_signal(self, message: dict[str, Any], reply: Reply) -> None:
        process = self._process(message)
        if message.get("tree"):
            if process.child.status is None:
                process.child.stopped_for = process.child.stopped_for or "killed"
                process.child.kill_tree()
        else:
            process.child.send(int(message["number"]))
        reply({})

    def _op_usage(self, message: dict[str, Any], reply: Reply) -> None:
        reply(self._process(message).usage())

    def _process(self, message: dict[str, Any]) -> Process:
        self._require_scenario()
        process = self._processes.get(message["process"])
        if process is None:
            raise Refusal("bad_request", "no such process")
        return process

    # -- files ------------------------------------------------------------------------------------

    def _locate(self, message: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
        self._require_scenario()
        places = self._config.places
        return scratch.locate(str(message["path"]), places.submission, places.roots)

    def _op_put(self, message: dict[str, Any], reply: Reply) -> None:
        root, parts = self._locate(message)
        data = base64.b64decode(message["data"])
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if message.get("append") else os.O_TRUNC)
        with scratch.open_beneath(root, parts, flags, make_parents=True) as fd:
            scratch.require_regular(fd, message["path"])
            scratch.write_all(fd, data)
        reply({})

    def _op_get(self, message: dict[str, Any], reply: Reply) -> None:
        root, parts = self._locate(message)
        with scratch.open_beneath(root, parts, os.O_RDONLY) as fd:
            size = scratch.require_regular(fd, message["path"]).st_size
            data = os.pread(fd, TRANSFER_BYTES, int(message.get("offset", 0)))
        reply({"data": encode_bytes(data, 0, len(data)), "size": size})

    def _op_list(self, message: dict[str, Any], reply: Reply) -> None:
        root, parts = self._locate(message)
        recursive = bool(message.get("recursive"))
        names: list[str] = []
        with scratch.open_beneath(root, parts, os.O_RDONLY | os.O_DIRECTORY) as top:
            pending = [("", os.dup(top))]
            try:
                while pending and len(names) < _MAX_LISTED:
                    prefix, fd = pending.pop()
                    try:
                        _list_into(names, pending, prefix, fd, recursive)
                    finally:
                        os.close(fd)
            finally:
                for _, fd in pending:
                    os.close(fd)
        reply({"names": sorted(names[:_MAX_LISTED])})

    # -- death ------------------------------------------------------------------------------------

    def _reap(self) -> bool:
        """Collect the dead. True when no child of ours is left, alive or dead."""
        while True:
            try:
                pid, status, rusage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid == 0:
                return False
            self._cost.add(rusage)
            child = self._children.pop(pid, None)
            if child is None:
                self._charge_orphan(rusage)
                continue
            child.status = status
            child.wall_s = time.monotonic() - child.started
            child.cost.add(rusage)
            child.on_exit(child)

    def _charge_orphan(self, rusage: resource.struct_rusage) -> None:
        for process in self._processes.values():
            if process.lingering:
                process.charge(rusage)
                return

    def _orphans_of(self, child: Child) -> list[kernel.ProcessInfo]:
        """Processes that `child`, now dead, left behind: of its session, or nobody else's."""
        if self._reap() or self._ending:
            return []
        others = bool(self._children)
        me = os.getpid()
        return [
            info
            for info in kernel.processes()
            if info.parent == me
            and info.pid not in self._children
            and info.state != "Z"
            and (info.session == child.pid or not others)
        ]

    def _note_leftovers(self) -> None:
        """At a scenario's end: orphans that do not go by themselves within a moment are worth a note."""
        give_up = time.monotonic() + _LEFTOVER_GRACE_S
        while not self._reap():
            me = os.getpid()
            mine = self._children
            left = [p for p in kernel.processes() if p.parent == me and p.pid not in mine and p.state != "Z"]
            if not left:
                return
            if time.monotonic() > give_up:
                self._note_orphans(len(left))
                return
            time.sleep(0.005)

    def _kill_everything(self) -> bool:
        """End every process of the candidate and reap it. False when that does not work within seconds."""
        give_up = time.monotonic() + _KILL_S
        self._ending = True
        try:
            while True:
                self._kill_round()
                if self._reap():
                    break
                if time.monotonic() > give_up:
                    return False
                time.sleep(0.001)
            for process in self._processes.values():
                process.finish()
            self._processes.clear()
            self._workers.clear()
            self._calls.clear()
            return True
        finally:
            self._ending = False

    def _kill_round(self) -> None:
        for child in self._children.values():
            child.stopped_for = child.stopped_for or "ended"
        if self._config.is_init:
            try:
                os.kill(-1, 9)  # everything in this pid namespace but process 1
            except ProcessLookupError:
                pass
            return
        for child in list(self._children.values()):
            child.kill_tree()
        kill_with_descendants([p for p in kernel.processes() if p.parent == os.getpid()])

    def _check_room(self) -> None:
        if len(self._children) + len(self._processes) >= _MAX_TRACKED:
            raise Refusal("cannot_start", f"more than {_MAX_TRACKED} processes in one scenario")

    # -- notes ------------------------------------------------------------------------------------

    def _note(self, kind: str, detail: str) -> None:
        if len(self._notes) < _MAX_NOTES:
            self._notes.append({"kind": kind, "detail": detail[:500]})

    def _note_capped(self, child: Child) -> None:
        for name, capture in (("stdout", child.stdout), ("stderr", child.stderr)):
            if capture.truncated:
                self._note("output_capped", f"{name} went beyond {self._config.output_bytes} bytes")

    def _note_orphans(self, count: int) -> None:
        self._note("leftover_processes", f"{count} process(es) outlived the one that started them")


def _list_into(
    names: list[str], pending: list[tuple[str, int]], prefix: str, fd: int, recursive: bool
) -> None:
    for name in os.listdir(fd):
        try:
            is_folder = stat.S_ISDIR(os.lstat(name, dir_fd=fd).st_mode)
        except FileNotFoundError:
            continue
        if not is_folder:
            names.append(prefix + name)
        elif not recursive or len(pending) > 100:
            names.append(f"{prefix}{name}/")
        else:
            try:
                deeper = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=fd)
            except OSError:
                names.append(f"{prefix}{name}/")
            else:
                pending.append((f"{prefix}{name}/", deeper))
