#!/usr/bin/env bash
# Makes sure of what `make demo` and `make test` need: Rust, Python with pip, a C
# compiler, and a Docker Engine that answers. Quick and without network when all of it
# is there; on Debian as root it installs what is missing, elsewhere it says how to.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

readonly ENGINE_WAIT_S=60
readonly ENGINE_LOG=/var/log/takehome-dockerd.log

say() { printf '%s\n' "$*" >&2; }
die() {
  say "error: $1"
  [[ $# -lt 2 ]] || say $'\n'"hint: $2"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
on_debian() { [[ -e /etc/debian_version ]] && has apt-get; }
is_root() { [[ $EUID -eq 0 ]]; }

# The engine is asked over its socket: Debian ships the docker command apart from it.
engine_answers() {
  [[ ${DOCKER_HOST:-unix} == unix* ]] || return 0 # a remote one is the user's affair
  timeout 20 python3 -IS - "${DOCKER_HOST:-unix:///var/run/docker.sock}" 2>/dev/null <<'PY'
import socket, sys

with socket.socket(socket.AF_UNIX) as engine:
    engine.settimeout(15)
    engine.connect(sys.argv[1].removeprefix("unix://"))
    engine.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
    sys.exit(b" 200 " not in engine.recv(64))
PY
}

engine_refuses_us() {
  local socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
  socket=${socket#unix://}
  [[ -S $socket && ! -w $socket ]]
}

start_engine() {
  say "starting the Docker Engine"
  if [[ -d /run/systemd/system ]]; then
    systemctl start docker || true
  elif [[ -x /etc/init.d/docker ]] && service docker start >/dev/null 2>&1; then
    :
  else
    setsid dockerd >"$ENGINE_LOG" 2>&1 </dev/null &
  fi
  local deadline=$((SECONDS + ENGINE_WAIT_S))
  until engine_answers; do
    ((SECONDS < deadline)) || return 1
    sleep 0.5
  done
}

engine_log() {
  if [[ -d /run/systemd/system ]]; then
    journalctl --no-pager --unit docker --lines 15 2>/dev/null
  else
    tail -n 15 "$ENGINE_LOG" /var/log/docker.log 2>/dev/null
  fi
}

# 1. What only the user can bring.
has cargo || die "cargo is missing" "install Rust 1.91 or newer as https://rustup.rs says, then open a new shell"

# 2. What apt can bring, in one go.
missing=()
has cc || missing+=(gcc libc6-dev)
if has python3; then
  python3 -IS -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    die "$(python3 --version) is too old" "install Python 3.11 or newer"
  mapfile -t -O "${#missing[@]}" missing < <(python3 - <<'PY'
from importlib.util import find_spec

if not find_spec("pip"):
    print("python3-pip")
if not find_spec("ensurepip"):
    print("python3-venv")
PY
  )
else
  missing+=(python3 python3-pip python3-venv)
fi
if [[ ${DOCKER_HOST:-unix} == unix* ]] && ! has dockerd && ! engine_answers; then
  engine_refuses_us || missing+=(docker.io)
fi
# Builds the base image where no registry answers (images/base). Not needed elsewhere.
if on_debian && is_root && ! has mmdebstrap; then
  missing+=(mmdebstrap debian-archive-keyring)
fi

if ((${#missing[@]})); then
  install="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  on_debian || die "missing: ${missing[*]} (Debian's names)" \
    "install them with this system's package manager, Docker as https://docs.docker.com/engine/install/ says"
  is_root || die "missing: ${missing[*]}" "sudo sh -c '$install'"
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >&2
  apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
fi

# 3. An engine that answers.
if ! engine_answers; then
  if engine_refuses_us; then
    die "this user may not use the Docker Engine" "sudo usermod -aG docker $(id -un), then log in again"
  fi
  is_root || die "the Docker Engine does not answer" "sudo systemctl start docker"
  if ! start_engine; then
    engine_log >&2 || true
    die "the Docker Engine did not answer within $ENGINE_WAIT_S seconds; its log is above" \
      "if the storage driver failed, put {\"storage-driver\": \"fuse-overlayfs\"} into /etc/docker/daemon.json, apt-get install fuse-overlayfs, and try again"
  fi
fi
