"""The agent: what the judge can ask for, and the rules that hold whatever candidate code does."""

from __future__ import annotations

import base64
import binascii
import gc
import itertools
import resource
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from takehome_agent import clocks, files, kernel, scratch, warm
from takehome_agent.children import CannotStart, Child, exec_body, fork_child
from takehome_agent.connection import Connection
from takehome_agent.cpu import CpuMeter
from takehome_agent.loop import READ, Loop
from takehome_agent.memory import Sampler, group_bytes
from takehome_agent.places import Places
from takehome_agent.process import Process, encode_bytes
from takehome_agent.roster import Roster
from takehome_agent.worker import Worker
from takehome_agent.worker_main import Setting
from takehome_wire.frames import FrameBuffer, FrameError

_MAX_TRACKED = 256
_EMPTY_S = 10.0
_FEED_BACKLOG = 8 << 20
_STDERR_TAIL = 4096

Reply = Callable[[dict[str, Any]], None]


class Refusal(Exception):
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
    warm_programs: bool
    is_init: bool


class Agent:
    """Serves one judge over one connection."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._roster = Roster(config.is_init)
        self._roster.on_orphan = self._charge_orphan
        self._loop = Loop(self._roster.reap)
        self._sampler = Sampler(self._loop, group_bytes)
        self._cpu = CpuMeter()
        self._connection: Connection | None = None
        self._processes: dict[int, Process] = {}
        self._workers: dict[int, Worker] = {}
        self._calls: dict[int, Worker] = {}
        self._serial = itertools.count(1)
        self._open = False
        self._clean = True

    def serve(self, judge: socket.socket, incoming: FrameBuffer, host_fd: int) -> None:
        """Answer the judge until it, or the host, goes away. Everything is dead on return, if that can be."""
        self._loop.watch(host_fd, READ, lambda: self._host_spoke(host_fd))
        self._connection = Connection(self._loop, judge, incoming, self._message, self._loop.stop)
        where = self._config.places
        dirs = {"work_dir": where.submission, "state_dir": where.state, "tmp_dir": where.tmp}
        self._connection.send({"type": "reply", "seq": 0, "ok": True, **dirs})
        self._connection.process_buffered()
        self._loop.run()
        self._roster.kill_everything()
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
        try:
            handler = getattr(self, f"_op_{message['type']}", None)
            if handler is None:
                raise Refusal("bad_request", f"unknown request {message['type']!r}")
            handler(message, lambda fields: self._reply(seq, fields))
        except Refusal as error:
            self._refuse(seq, error.code, str(error))
        except scratch.OutsidePath as error:
            self._refuse(seq, "outside", str(error))
        except CannotStart as error:
            self._refuse(seq, "cannot_start", str(error))
        except OSError as error:
            text = f"{error.strerror or error}: {error.filename or message.get('path', '')}"
            self._refuse(seq, type(error).__name__, text)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            self._refuse(seq, "bad_request", f"{type(error).__name__}: {error}")

    def _reply(self, seq: Any, fields: dict[str, Any]) -> None:
        try:
            self._send({"type": "reply", "seq": seq, "ok": True, **fields})
        except FrameError as error:
            self._refuse(seq, "too_large", str(error))

    def _refuse(self, seq: Any, code: str, text: str) -> None:
        self._send({"type": "reply", "seq": seq, "ok": False, "error": code, "message": text[:2000]})

    def _send(self, message: dict[str, Any]) -> None:
        if self._connection is not None:
            self._connection.send(message)

    def _require_scenario(self) -> None:
        if not self._open:
            raise Refusal("no_scenario", "no scenario is open")

    # -- scenarios --------------------------------------------------------------------------------

    def _op_begin(self, _message: dict[str, Any], reply: Reply) -> None:
        if self._open:
            raise Refusal("scenario_open", "a scenario is open already")
        self._clean = self._clean and self._clear()
        if self._clean:
            try:
                self._config.submission.unpack(self._config.places.submission)
            except OSError as error:
                text = f"the submission could not be unpacked: {error.strerror}"
                raise Refusal("cannot_start", text) from None
        self._open = self._clean
        reply({"clean": self._clean})

    def _op_end(self, _message: dict[str, Any], reply: Reply) -> None:
        self._roster.note_leftovers()
        self._clean = self._clear() and self._clean
        self._open = False
        reply({"clean": self._clean})

    def _op_account(self, _message: dict[str, Any], reply: Reply) -> None:
        cost, notes = self._roster.take_account()
        usage = {
            "cpu_ms": round(self._cpu.correct(cost.cpu_s) * 1000),
            "peak_memory_bytes": cost.peak_memory_bytes,
        }
        self._cpu.restart()
        reply({"clean": self._clean, "usage": usage, "notes": notes})

    def _clear(self) -> bool:
        """End every process and empty every place; False when something is left."""
        gone = self._roster.kill_everything()
        for process in self._processes.values():
            process.finish()
        self._processes.clear()
        self._workers.clear()
        self._calls.clear()
        # What these knew is freed now, and so overwritten: the next workers are forks of this process.
        gc.collect()
        deadline = time.monotonic() + _EMPTY_S
        return gone and all(scratch.empty_directory(path, deadline) for path in self._config.places.roots)

    # -- workers ----------------------------------------------------------------------------------

    def _op_worker(self, message: dict[str, Any], reply: Reply) -> None:
        self._require_scenario()
        seed = message.get("hash_seed")
        worker = self._new_worker(None if seed is None else int(seed))
        number = next(self._serial)
        self._workers[number] = worker
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
            worker.child.stderr.read_some()
            tail = bytes(worker.child.stderr.data[-_STDERR_TAIL:])
            if number is None:
                worker.kill("closed")
            reply({**result, "stderr_tail": encode_bytes(tail, 0, len(tail))})

        self._calls[seq] = worker
        worker.request(seq, request, timeout_s, done)

    def _op_timed(self, message: dict[str, Any], reply: Reply) -> None:
        """Have a worker call `target` with what it has loaded; CPU and wall time of that alone."""
        pid = self._worker_pid(message)
        request = {"type": "invoke", "action": "go", "value": message["value"], "target": message["target"]}
        clocks.settle(pid)
        cpu_ns, wall_ns = clocks.tree_cpu_ns(pid), time.monotonic_ns()

        def done(result: dict[str, Any]) -> None:
            took_ns = time.monotonic_ns() - wall_ns
            clocks.settle(pid)
            reply({**result, "cpu_ns": max(0, clocks.tree_cpu_ns(pid) - cpu_ns), "wall_ns": took_ns})

        self._ask_worker(message, request, done)

    def _worker_pid(self, message: dict[str, Any]) -> int:
        worker = self._workers.get(message["worker"])
        if worker is None:
            raise Refusal("bad_request", "this worker is closed")
        return worker.child.pid

    def _new_worker(self, hash_seed: int | None = None) -> Worker:
        self._check_room()
        self._end_solitude()
        config = self._config
        worker = Worker(
            self._loop,
            Setting(config.places.submission, config.env, config.value_bytes),
            output_cap=config.output_bytes,
            on_exit=lambda child: self._worker_exited(worker, child),
            on_callback=lambda seq, fields: self._send({"type": "callback", "seq": seq, **fields}),
            on_violation=lambda detail: self._roster.note("protocol_violation", detail),
            die_with_parent=not config.is_init,
            hash_seed=hash_seed,
        )
        self._roster.add(worker.child)
        return worker

    def _worker_exited(self, worker: Worker, child: Child) -> None:
        child.close()
        self._note_capped(child)
        if orphans := self._roster.orphans_of(child):
            self._roster.note_orphans(len(orphans))
            kernel.kill_with_descendants(orphans)
        worker.exited()

    # -- programs ---------------------------------------------------------------------------------

    def _op_spawn(self, message: dict[str, Any], reply: Reply) -> None:
        self._require_scenario()
        self._check_room()
        config = self._config
        argv = [str(arg) for arg in message["argv"]]
        if not argv or any("\0" in arg for arg in argv):
            raise Refusal("bad_request", "argv needs a program, and no argument may contain NUL")
        env = {**config.env, **{str(k): str(v) for k, v in (message.get("env") or {}).items()}}
        where = config.places.submission
        body = warm.body_for(argv, env, config.env, where) if config.warm_programs else None
        if argv[0] == "python":
            argv[0] = sys.executable
        self._end_solitude()
        meter = self._sampler.start()
        cpu = None if self._roster.is_running() else CpuMeter()
        try:
            child = fork_child(
                self._loop,
                config.output_bytes,
                body or exec_body(argv, env, where, message.get("layout")),
                lambda child: self._process_exited(process, child),
                stdin=bool(message.get("stdin")),
                die_with_parent=not config.is_init,
            )
        except CannotStart:
            self._sampler.stop(meter)
            raise
        process = Process(
            self._loop, child, self._roster.orphans_of, self._roster.note_orphans, self._sampler, meter, cpu
        )
        self._roster.add(child)
        number = next(self._serial)
        self._processes[number] = process
        if message.get("timeout_s") is not None:
            process.set_deadline(float(message["timeout_s"]))
        reply({"process": number, "pid": child.pid})

    def _process_exited(self, process: Process, child: Child) -> None:
        process.exited(final=self._roster.ending)
        self._note_capped(child)

    def _op_feed(self, message: dict[str, Any], reply: Reply) -> None:
        process = self._process(message)
        feed = process.child.feed
        if feed is None:
            raise Refusal("bad_request", "this process has no standard input")
        feed.write(base64.b64decode(message["data"], validate=True), end=bool(message["end"]))
        give_up = time.monotonic() + float(message["timeout_s"])

        def check() -> None:
            stuck = feed.backlog > _FEED_BACKLOG and process.child.status is None
            if stuck and time.monotonic() < give_up:
                self._loop.after(0.005, check)
            else:
                reply({"stuck": stuck})

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
        reply({"data": encode_bytes(capture.data, int(message["offset"]), files.TRANSFER_BYTES)})

    def _op_signal(self, message: dict[str, Any], reply: Reply) -> None:
        process = self._process(message)
        if message.get("tree"):
            process.kill()
        else:
            process.child.send(int(message["number"]))
        reply({})

    def _op_usage(self, message: dict[str, Any], reply: Reply) -> None:
        reply(self._process(message).usage())

    def _op_clock(self, message: dict[str, Any], reply: Reply) -> None:
        """CPU of a running program and what it started, exact where it sleeps; a moment of our clock."""
        pid = self._process(message).child.pid
        clocks.settle(pid)
        reply({"cpu_ns": clocks.tree_cpu_ns(pid), "wall_ns": time.monotonic_ns()})

    def _process(self, message: dict[str, Any]) -> Process:
        self._require_scenario()
        process = self._processes.get(message["process"])
        if process is None:
            raise Refusal("bad_request", "no such process")
        return process

    # -- files ------------------------------------------------------------------------------------

    def _op_put(self, message: dict[str, Any], reply: Reply) -> None:
        self._require_scenario()
        reply(files.put(self._config.places, message))

    def _op_get(self, message: dict[str, Any], reply: Reply) -> None:
        self._require_scenario()
        reply(files.get(self._config.places, message))

    def _op_list(self, message: dict[str, Any], reply: Reply) -> None:
        self._require_scenario()
        reply(files.list_names(self._config.places, message))

    # -- accounts ---------------------------------------------------------------------------------

    def _charge_orphan(self, rusage: resource.struct_rusage) -> None:
        """Charge a process that came to us to the program that left it, where that is not in doubt."""
        running = [process for process in self._processes.values() if not process.over]
        lingering = [process for process in running if process.lingering]
        suspects = lingering or running
        if len(suspects) == 1:
            suspects[0].charge(rusage)

    def _end_solitude(self) -> None:
        """Another process is about to start: from now on the control group's account is of several."""
        for process in self._processes.values():
            process.end_solitude()

    def _check_room(self) -> None:
        if len(self._roster) >= _MAX_TRACKED:
            raise Refusal("cannot_start", f"more than {_MAX_TRACKED} processes at once")

    def _note_capped(self, child: Child) -> None:
        for name, capture in (("stdout", child.stdout), ("stderr", child.stderr)):
            if capture.truncated:
                self._roster.note("output_capped", f"{name} went beyond {self._config.output_bytes} bytes")
