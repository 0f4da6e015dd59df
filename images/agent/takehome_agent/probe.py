"""Does a submission import at all? Runs in a worker before any test; the answer names the line."""

from __future__ import annotations

import importlib
import os
import traceback
from collections.abc import Iterator

from takehome_wire.encode import clean

_MAX_FILES = 2000


def probe(module: str, submission_dir: str) -> tuple[bool, str]:
    """Compile the package of `module`, then import it. Returns (fine, a sentence that says what is wrong).

    A `__main__` may do its work when imported: then it counts as fine that it exits or complains about
    its arguments. A syntax error, an import that fails and a hang are faults everywhere.
    """
    for path in _sources(module.partition(".")[0], submission_dir):
        if (problem := _compile(path, submission_dir)) is not None:
            return False, problem
    lenient = module.endswith(".__main__")
    try:
        importlib.import_module(module)
    except SyntaxError as error:
        return False, _syntax_error(error, error.filename or module, submission_dir)
    except ImportError as error:
        return False, _failure(module, error, submission_dir)
    except BaseException as error:
        return lenient, "ok" if lenient else _failure(module, error, submission_dir)
    return True, "ok"


def _sources(package: str, submission_dir: str) -> Iterator[str]:
    single = os.path.join(submission_dir, f"{package}.py")
    if os.path.isfile(single):
        yield single
    found = 0
    for folder, folders, files in os.walk(os.path.join(submission_dir, package)):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".py") and found < _MAX_FILES:
                found += 1
                yield os.path.join(folder, name)


def _compile(path: str, submission_dir: str) -> str | None:
    try:
        with open(path, "rb") as file:
            compile(file.read(), path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return _syntax_error(error, path, submission_dir)
    except (ValueError, OSError, RecursionError, MemoryError) as error:
        return clean(f"{_relative(path, submission_dir)} does not compile: {error}", 1000)
    return None


def _syntax_error(error: SyntaxError, path: str, submission_dir: str) -> str:
    line = f", line {error.lineno}" if error.lineno else ""
    text = f": {error.text.strip()}" if error.text and error.text.strip() else ""
    return clean(f"{_relative(path, submission_dir)}{line} has a syntax error ({error.msg}){text}", 1000)


def _failure(module: str, error: BaseException, submission_dir: str) -> str:
    where = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(submission_dir + os.sep):
            where = f" ({_relative(frame.filename, submission_dir)}, line {frame.lineno})"
    try:
        text = str(error)
    except Exception:
        text = ""
    text = f": {text}" if text else ""
    return clean(f"importing {module} raised {type(error).__name__}{text}{where}", 1000)


def _relative(path: str, submission_dir: str) -> str:
    return os.path.relpath(path, submission_dir) if path.startswith(submission_dir + os.sep) else path
