"""Python programs of the candidate that start from this interpreter instead of from nothing.

`python -m NAME` and `python FILE.py` fork the agent, which has imported the challenge's libraries already,
and become what a new interpreter would have become: the same `__main__`, arguments, streams, signal
dispositions, exit status and finalization. That saves the tenths of a second that large libraries take to
import, each time. Whatever cannot be made the same way (options, another environment of the interpreter, a
file of the submission that hides a module we have loaded) is executed as usual.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.machinery
import os
import signal
import stat
import sys
import time
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from takehome_agent.children import python_streams

_NAMES = ("python", "python3", f"python3.{sys.version_info.minor}")
_INTERPRETER_VARIABLES = ("PYTHON", "LD_", "GLIBC_TUNABLES", "MALLOC_")
_OURS = ("__main__", "takehome_agent", "takehome_wire")
_MAX_ENTRIES = 10_000


def body_for(
    argv: Sequence[str], env: Mapping[str, str], usual_env: Mapping[str, str], cwd: str
) -> Callable[[], None] | None:
    """A `body` for `fork_child` that runs `argv` warm, or None when it has to be executed.

    `usual_env` is the environment that this interpreter stands for; `cwd` the directory of the submission.
    """
    if len(argv) < 2 or not _is_this_interpreter(argv[0]) or _steers_interpreter(env, usual_env):
        return None
    if argv[1] == "-m":
        if len(argv) < 3 or not all(part.isidentifier() for part in argv[2].split(".")):
            return None
        if _hidden_modules(cwd):
            return None
        return lambda: _become(lambda: _run_module(argv[2], list(argv[2:]), cwd), argv, env, cwd)
    script = os.path.join(cwd, argv[1])
    if argv[1].startswith("-") or not argv[1].endswith(".py") or not _is_regular(script):
        return None
    if _hidden_modules(os.path.dirname(os.path.realpath(script))):
        return None
    return lambda: _become(lambda: _run_script(argv[1], list(argv[1:])), argv, env, cwd)


def forget_hidden_modules(directory: str) -> None:
    """Unload what a file of `directory`, first on the path, would have hidden from a new interpreter."""
    for top in _hidden_modules(directory):
        for name in [name for name in sys.modules if name == top or name.startswith(top + ".")]:
            del sys.modules[name]


def start_afresh(cwd: str, env: Mapping[str, str]) -> None:
    """In a forked child: a process of the candidate as `cwd` and `env` say, with no state of ours left."""
    # As an interpreter starts: writing to who has gone is an exception, not a death.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if hasattr(signal, "SIGXFSZ"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    python_streams()
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    _reset_libraries(cwd)


def _reset_libraries(cwd: str) -> None:
    """What libraries remember from when they were imported. `random` sees to itself (os.register_at_fork)."""
    if (numpy_random := sys.modules.get("numpy.random")) is not None:
        numpy_random.seed()
    if (tempfile := sys.modules.get("tempfile")) is not None:
        vars(tempfile)["tempdir"] = None
    if (process := sys.modules.get("multiprocessing.process")) is not None:
        vars(process)["ORIGINAL_DIR"] = cwd  # where its spawned children start


def _is_this_interpreter(program: str) -> bool:
    return program in (*_NAMES, sys.executable)


def _steers_interpreter(env: Mapping[str, str], usual_env: Mapping[str, str]) -> bool:
    names = {name for name in (*env, *usual_env) if name.startswith(_INTERPRETER_VARIABLES)}
    if any(env.get(name) != usual_env.get(name) for name in names):
        return True
    return env.get("PATH") != usual_env.get("PATH") or env.get("LANG") != usual_env.get("LANG")


def _is_regular(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _hidden_modules(directory: str) -> list[str]:
    """Loaded top-level modules that an entry of `directory` has the name of.

    Built-in and frozen modules are found before any path and cannot be hidden.
    """
    found = []
    try:
        with os.scandir(directory) as entries:
            for count, entry in enumerate(entries):
                if count >= _MAX_ENTRIES:
                    break
                name = entry.name.partition(".")[0]
                if name in sys.modules and name not in _OURS and _defines_module(entry) and not _fixed(name):
                    found.append(name)
    except OSError:
        pass
    return found


def _defines_module(entry: os.DirEntry[str]) -> bool:
    if entry.name.endswith((".py", *importlib.machinery.EXTENSION_SUFFIXES)):
        return True
    return os.path.exists(os.path.join(entry.path, "__init__.py"))


def _fixed(name: str) -> bool:
    return name in sys.builtin_module_names or importlib.machinery.FrozenImporter.find_spec(name) is not None


def _become(run: Callable[[], None], argv: Sequence[str], env: Mapping[str, str], cwd: str) -> NoReturn:
    start_afresh(cwd, env)
    sys.orig_argv[:] = [sys.executable, *argv[1:]]
    sys.modules["__main__"] = _new_main()  # kept by nobody else, or it would not be finalized in order
    try:
        run()
        status = 0
    except SystemExit as leaving:
        status = _exit_status(leaving.code)
    except KeyboardInterrupt as error:
        _report(error)
        _die_of_interrupt()
    except BaseException as error:
        _report(error)
        status = 1
    # Finalizes as usual: joins threads, runs atexit, flushes, destroys objects. Does not return. Our own
    # frames stay on the stack, and must: what they hold would close descriptors that are the program's now.
    ctypes.pythonapi.Py_Exit(ctypes.c_int(status))
    os._exit(70)


def _new_main() -> types.ModuleType:
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = sys.modules["builtins"]
    return main


def _run_module(name: str, arguments: list[str], cwd: str) -> None:
    import runpy

    sys.path.insert(0, cwd)
    sys.argv[:] = ["-m", *arguments[1:]]
    runpy._run_module_as_main(name)  # type: ignore[attr-defined]  # what `-m` itself calls


def _run_script(path: str, arguments: list[str]) -> None:
    sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    sys.argv[:] = arguments
    path = os.path.join(os.getcwd(), path)
    loader = importlib.machinery.SourceFileLoader("__main__", path)
    names: dict[str, Any] = sys.modules["__main__"].__dict__
    names.update(__file__=path, __cached__=None, __loader__=loader, __spec__=None, __package__=None)
    with open(path, "rb") as file:
        source = file.read()
    exec(compile(source, path, "exec", dont_inherit=True), names)


def _exit_status(code: object) -> int:
    """As sys.exit documents: None is 0, an integer is itself, anything else is printed and 1."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    try:
        sys.stdout.flush()
        print(code, file=sys.stderr)
    except Exception:
        pass
    return 1


def _report(error: BaseException) -> None:
    """The traceback, without the frames of ours below the program's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OUR_FILES):
        trace = trace.tb_next
    try:
        sys.excepthook(type(error), error.with_traceback(trace), trace)
    except BaseException:
        pass


def _die_of_interrupt() -> NoReturn:
    """An unhandled Ctrl-C ends a Python program by the signal itself."""
    import atexit
    import threading

    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
    except BaseException:
        pass
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
    os._exit(130)


_OUR_FILES = os.path.dirname(os.path.abspath(__file__)) + os.sep
