#!/bin/sh
# Solves requirements/*.in into lock files with the hash of every file that may be installed, for
# Linux and macOS. Versions that still fit are kept: `make lock UPGRADE=1` takes newer ones,
# `make lock UPGRADE=holidays` that of one package.
set -eu
cd "$(dirname "$0")/.."

export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true
uv=$(sh scripts/find_uv.sh)
case ${UPGRADE:-} in
    "") upgrade= ;;
    1) upgrade=--upgrade ;;
    *) upgrade=--upgrade-package=$UPGRADE ;;
esac

solve() {
    name=$1
    shift
    echo "==> requirements/$name.lock" >&2
    # No header and no addresses: which registry somebody uses is their own affair.
    "$uv" pip compile -q --universal --python-version 3.10 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links $upgrade "$@" \
        "requirements/$name.in" -o "requirements/$name.lock"
    # uv repeats the environments of pyproject.toml on every line; set-up sees to them anyway.
    plain="python_full_version < '3.11' and platform_python_implementation == 'CPython'"
    sed -e "s/ ; $plain and (sys_platform == 'darwin' or sys_platform == 'linux') / /" \
        "requirements/$name.lock" >"requirements/$name.lock.new"
    mv "requirements/$name.lock.new" "requirements/$name.lock"
}

solve installer
solve run --override requirements/override.txt
# The tools of dev live with the versions that run; dev.lock never moves one of those.
solve dev -c requirements/run.lock
