"""Where plain pytest runs: an environment on the host, and an image, with what the sandbox's images have."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benching.suites import ROOT, Suite, Unfit

LABEL = "takehome.bench"
AGENT = ("agent/takehome_wire", "agent/takehome_agent")
PLUGIN = "judge/takehome_pytest"
WITHOUT_CACHES = shutil.ignore_patterns("__pycache__")
BUILD_TIMEOUT_S = 900

# The candidate's image has the libraries, pytest and the agent; the plugin and the suite are added. Both are
# compiled, as the sandbox's are: collecting once with caches on rewrites the suite's asserts for good.
DOCKERFILE = """\
FROM {base}
LABEL {label}=1
COPY packages /packages
COPY suite /suite
WORKDIR /suite
RUN set -eu; \\
    site=$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); \\
    cp -r /packages/. "$site"; \\
    rm -r /packages; \\
    python -m compileall -q --invalidation-mode unchecked-hash "$site/takehome_pytest"; \\
    env -u PYTHONDONTWRITEBYTECODE python -m pytest -q -p takehome_pytest.plugin --collect-only
ENTRYPOINT []
CMD ["python", "-m", "pytest"]
"""


def packages(folder: Path) -> Path:
    """The plugin and the agent in a folder of their own: no caches may be written below images/."""
    for package in (*AGENT, PLUGIN):
        source = ROOT / "images" / package
        shutil.copytree(source, folder / source.name, ignore=WITHOUT_CACHES)
    return folder


def environment(image: str) -> Path:
    """The interpreter of a virtual environment with the versions that the image's lock has.

    It is kept below target/ for the next time. Raises Unfit when they cannot be installed.
    """
    lock = (ROOT / "images" / image / "requirements.lock").read_text(encoding="utf-8")
    wanted = re.findall(r"^([\w.-]+==[\w.!+-]+)", lock, re.MULTILINE)
    digest = hashlib.sha256(f"{sys.version} {wanted}".encode()).hexdigest()[:12]
    folder = ROOT / "target" / f"bench-venv-{digest}"
    python = folder / "bin/python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"installing the libraries of the {image} image for pytest on the host", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=BUILD_TIMEOUT_S)
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted]
        done = subprocess.run(pip, capture_output=True, text=True, timeout=BUILD_TIMEOUT_S, check=False)
        if done.returncode != 0:
            raise Unfit(f"pip could not install what the {image} image has: {done.stderr[-1000:]}")
        (folder / "ready").touch()
    return python


@contextmanager
def image(program: Path, suite: Suite, context: Path) -> Iterator[str]:
    """An image with the suite in it, removed at the end. `context` is an empty folder."""
    built = subprocess.run(
        [program, "image", "build", suite.image], stdout=subprocess.PIPE, text=True, check=True
    )
    base = built.stdout.split()[-1]
    shutil.copytree(ROOT / "images" / PLUGIN, context / "packages/takehome_pytest", ignore=WITHOUT_CACHES)
    shutil.copytree(suite.tests, context / "suite", ignore=WITHOUT_CACHES)
    (context / "Dockerfile").write_text(DOCKERFILE.format(base=base, label=LABEL), encoding="utf-8")
    name = f"takehome-bench-{suite.id}"
    build = ["docker", "build", "--quiet", "--tag", name, context]
    done = subprocess.run(build, capture_output=True, text=True, timeout=BUILD_TIMEOUT_S, check=False)
    if done.returncode != 0:
        raise Unfit(f"the image of plain pytest was not built: {(done.stdout + done.stderr)[-1000:]}")
    try:
        yield name
    finally:
        subprocess.run(["docker", "image", "rm", "--force", name], capture_output=True, check=False)


def engine() -> dict:
    """What the engine says of itself. Raises Unfit when none answers, or it is not this machine's."""
    done = subprocess.run(
        ["docker", "info", "--format", "{{json .}}"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Unfit(f"no engine answers: {done.stderr.strip()}")
    return json.loads(done.stdout)


def running() -> list[str]:
    """Containers that run, whoever's."""
    done = subprocess.run(["docker", "ps", "--quiet"], capture_output=True, text=True, check=True)
    return done.stdout.split()


def membership(image_name: str, label: str) -> tuple[str, str]:
    """/proc/PID/cgroup of a process in a container, and the container's id."""
    start = ["docker", "run", "--detach", "--rm", "--label", label, image_name, "sleep", "60"]
    container = subprocess.run(start, capture_output=True, text=True, check=True).stdout.strip()
    try:
        inspect = ["docker", "inspect", "--format", "{{.State.Pid}}", container]
        pid = subprocess.run(inspect, capture_output=True, text=True, check=True).stdout.strip()
        return Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii"), container
    finally:
        subprocess.run(["docker", "rm", "--force", container], capture_output=True, check=False)


def python_of(image_name: str, label: str) -> str:
    """The version of Python in an image."""
    ask = ["docker", "run", "--rm", "--label", label, image_name, "python", "--version"]
    return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split()[-1]


def remove_containers(label: str) -> None:
    """Whatever this measurement has left running."""
    listing = ["docker", "ps", "--all", "--quiet", "--filter", f"label={label}"]
    found = subprocess.run(listing, capture_output=True, text=True, check=False).stdout.split()
    if found:
        subprocess.run(["docker", "rm", "--force", *found], capture_output=True, check=False)
