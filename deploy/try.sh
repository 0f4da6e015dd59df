#!/usr/bin/env bash
# Really starts what is in this folder, asks /readyz, and takes everything away again.
#
#   deploy/try.sh [PROGRAM]      PROGRAM: a built takehome [default: cargo build --release]
set -euo pipefail
cd "$(dirname "$0")/.."

port=${TAKEHOME_PORT:-18080}
scratch=$(mktemp -d)
pids=()
compose=()
clean_up() {
    for pid in ${pids[@]+"${pids[@]}"}; do
        if kill "$pid" 2>/dev/null; then wait "$pid" 2>/dev/null || true; fi
    done
    [ ${#compose[@]} -eq 0 ] || "${compose[@]}" down --volumes --timeout 30 >/dev/null 2>&1 || true
    rm -rf "$scratch"
}
trap clean_up EXIT

say() { printf '%s\n' "deploy/try.sh: $*" >&2; }

# Waits until the portal is ready and, as it says, so many workers live.
ready() {
    local workers=$1 said=
    for _ in $(seq 120); do
        said=$(curl -fsS -m 5 "http://127.0.0.1:$port/readyz" 2>/dev/null || true)
        case $said in
        *'"ready":true'*"\"workers\":$workers"*)
            say "$said"
            return 0
            ;;
        esac
        sleep 0.5
    done
    say "not ready after a minute; it said: ${said:-nothing}"
    return 1
}

program=${1:-}
if [ -z "$program" ]; then
    cargo build --locked --release
    program=${CARGO_TARGET_DIR:-target}/release/takehome
fi
program=$(realpath "$program")

if command -v systemd-analyze >/dev/null; then
    # The paths and the user that a machine would have: the units themselves stay as they are.
    for unit in deploy/*.service; do
        sed -e "s|/usr/local/bin/takehome|$program|" -e 's|^\(User\|Group\|SupplementaryGroups\)=.*||' \
            -e 's|^Documentation=.*||' "$unit" >"$scratch/$(basename "$unit")"
    done
    systemd-analyze verify "$scratch"/*.service
    say "systemd-analyze verify finds nothing wrong with the units"
else
    say "NOT TRIED: systemd-analyze is not installed"
fi

# What a unit starts, with its environment, as systemd would, in a home of this script's own.
start_unit() {
    local unit=$1 line
    line=$(sed -n 's|^ExecStart=/usr/local/bin/takehome ||p' "deploy/$unit")
    # shellcheck disable=SC2086 # the words of the line
    env "TAKEHOME_HOME=$scratch/home" "TAKEHOME_LISTEN=127.0.0.1:$port" \
        "$program" --home "$scratch/home" $line >"$scratch/$unit.log" 2>&1 &
    pids+=($!)
}

if [ "$(ps -p 1 -o comm=)" = systemd ] && [ "$(id -u)" = 0 ] && id takehome >/dev/null 2>&1; then
    for name in portal worker; do
        install -m 0644 "deploy/takehome-$name.service" "/run/systemd/system/takehome-try-$name.service"
        sed -i -e "s|/usr/local/bin/takehome|$program|" -e "s|127.0.0.1:8080|127.0.0.1:$port|" \
            -e 's|StateDirectory=takehome|StateDirectory=takehome-try|' \
            -e 's|/var/lib/takehome|/var/lib/takehome-try|' -e "s|^WorkingDirectory=.*|WorkingDirectory=$PWD|" \
            "/run/systemd/system/takehome-try-$name.service"
    done
    systemctl daemon-reload
    systemctl start takehome-try-portal takehome-try-worker
    result=0
    ready 1 || result=1
    systemctl stop takehome-try-portal takehome-try-worker
    rm -rf /run/systemd/system/takehome-try-*.service /var/lib/takehome-try
    systemctl daemon-reload
    [ $result = 0 ] || exit 1
    say "the systemd units start, and stop"
else
    say "systemd is not process 1 here, or there is no user takehome: the units' commands are started without it"
    start_unit takehome-portal.service
    start_unit takehome-worker.service
    ready 1 || { cat "$scratch"/*.log >&2; exit 1; }
    for pid in "${pids[@]}"; do
        kill -TERM "$pid"
        wait "$pid" || { say "process $pid ended with $?"; cat "$scratch"/*.log >&2; exit 1; }
    done
    pids=()
    say "the units' commands start, and end well on SIGTERM"
fi

if command -v docker-compose >/dev/null; then
    compose=(docker-compose)
elif docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
else
    say "NOT TRIED: neither docker-compose nor docker compose is installed"
    exit 0
fi
export TAKEHOME_IMAGE=takehome:try TAKEHOME_PORT=$port
DOCKER_GID=$(stat -c %g /var/run/docker.sock)
export DOCKER_GID
deploy/image.sh "$program"
compose+=(-p takehome-try -f deploy/compose.yaml)
"${compose[@]}" up -d >/dev/null 2>&1
ready 1 || { "${compose[@]}" logs >&2; exit 1; }
container=$("${compose[@]}" ps -q worker)
docker exec "$container" takehome doctor --try >"$scratch/doctor" 2>&1 || {
    cat "$scratch/doctor" >&2
    exit 1
}
say "the worker's container grades: $(tail -n 1 "$scratch/doctor")"
docker exec "$container" takehome db backup /var/lib/takehome/try.tar >/dev/null
say "compose starts, and a backup can be made while it serves"
"${compose[@]}" down --volumes --timeout 30 >/dev/null 2>&1
compose=()
docker image rm takehome:try >/dev/null
say "everything was started and taken away again"
