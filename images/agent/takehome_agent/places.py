"""Where the candidate lives and what its processes find in their environment."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from takehome_agent import scratch

_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "POLARS_MAX", "RAYON")
_REMOVE_S = 10.0
# One certificate that has signed nothing, beside our packages in the image. No candidate can reach anything
# that the world's authorities vouch for, and HTTP libraries take a tenth of a second to read all of them.
_AUTHORITIES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "takehome_no_authority.pem")
_LOCAL_ENV = ("PATH", "HOME", "USER", "LANG", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Places:
    """The writable directories. In the container each is a tmpfs mount."""

    work: str
    state: str
    tmp: str
    others: tuple[str, ...] = ()

    @property
    def submission(self) -> str:
        """The pristine copy, and the working directory of every process."""
        return os.path.join(self.work, "submission")

    @property
    def roots(self) -> tuple[str, ...]:
        """All of them, each emptied for every scenario."""
        return (self.work, self.state, self.tmp, *self.others)

    def remove(self) -> None:
        """Of a local run: remove the directories, however the judge went away."""
        for path in (self.work, self.state, self.tmp):
            if scratch.empty_directory(path, time.monotonic() + _REMOVE_S):
                os.rmdir(path)


def container() -> Places:
    """The mounts of the candidate's container.

    The engine may add others that anybody can write: queues of /dev/mqueue are files to whoever opens them.
    """
    others = tuple(path for path in ("/dev/shm", "/dev/mqueue") if os.access(path, os.W_OK))
    return Places("/work", "/state", "/tmp", others)


def local(root: str) -> Places:
    """Directories below `root`, made if absent, for a run without a container."""
    work, state, tmp = (os.path.join(os.path.realpath(root), name) for name in ("work", "state", "tmp"))
    places = Places(work, state, tmp)
    for path in places.roots:
        os.makedirs(path, mode=0o700, exist_ok=True)
    return places


def thread_limits() -> dict[str, str]:
    """One thread for every numeric library: a grading has one core, and timings must repeat."""
    return {f"{name}_NUM_THREADS" if name != "POLARS_MAX" else "POLARS_MAX_THREADS": "1" for name in _THREADS}


def environment(places: Places, seed: int, extra: Mapping[str, str], *, inherit: bool) -> dict[str, str]:
    """The whole environment of a candidate process. `inherit` takes a laptop's PATH and the like along."""
    env = {
        "PATH": f"{os.path.dirname(sys.executable)}:/usr/local/bin:/usr/bin:/bin",
        "HOME": places.tmp,
        "LANG": "C.UTF-8",
    }
    if inherit:
        env.update({name: os.environ[name] for name in _LOCAL_ENV if name in os.environ})
        env["PATH"] = f"{os.path.dirname(sys.executable)}:{env['PATH']}"
    env.update(thread_limits())
    env.update(
        {
            "TZ": "UTC",
            "PYTHONHASHSEED": os.environ.get("PYTHONHASHSEED", "0"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SEED": str(seed),
        }
    )
    if not inherit and os.path.exists(_AUTHORITIES):
        env["SSL_CERT_FILE"] = _AUTHORITIES
    env.update(extra)
    env.update({"WORK_DIR": places.submission, "STATE_DIR": places.state, "TMPDIR": places.tmp})
    return env
