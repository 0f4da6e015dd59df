#!/usr/bin/env bash
# Builds takehome:local, the image of the portal and of the worker, of Debian's packages.
#
#   deploy/image.sh [PROGRAM]      PROGRAM: a built takehome [default: cargo build --release]
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${TAKEHOME_IMAGE:-takehome:local}
program=${1:-}
if [ -z "$program" ]; then
    cargo build --locked --release
    program=${CARGO_TARGET_DIR:-target}/release/takehome
fi
command -v mmdebstrap >/dev/null || {
    printf 'error: mmdebstrap is missing\n\nhint: apt-get install mmdebstrap\n' >&2
    exit 1
}

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
# The packages are unpacked and never configured, as for the sandboxes (images/base/finish.sh says why).
packages=base-files,base-passwd,bash,ca-certificates,coreutils,dash,grep,libc-bin,libgcc-s1,netbase,tzdata
mode=unshare
[ "$(id -u)" != 0 ] || mode=root
# The mirrors that this host uses; on another system than Debian mmdebstrap's own serve.
mirrors=()
if command -v apt-get >/dev/null; then
    # shellcheck disable=SC2016 # apt-get fills the fields in, not the shell
    uri=$(apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' |
        awk -F'|' '$1 == "Debian" && $3 == "main" && $2 !~ /-/ && !seen++ { print $4 }')
    [ -z "$uri" ] || mirrors=("deb $uri trixie main")
fi
mmdebstrap --quiet --variant=extract --mode="$mode" --include="$packages" \
    --extract-hook="$PWD/images/base/finish.sh" trixie "$context/rootfs.tar" ${mirrors[@]+"${mirrors[@]}"}
install -m 0755 "$program" "$context/takehome"
cp -r challenges "$context/challenges"
find "$context/challenges" -name __pycache__ -prune -exec rm -rf {} +
chmod -R a+rX "$context/challenges"
cp deploy/Dockerfile "$context/Dockerfile"
DOCKER_BUILDKIT=0 docker build --quiet --tag "$tag" "$context"
