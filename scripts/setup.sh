#!/bin/sh
# setup.sh run | dev: makes .venv from requirements/run.lock, for dev with dev.lock on top.
#
# What is installed is noted beside it, so that a second call with the same lock files is instant.
# The notes are written last: a set-up that was interrupted is done again.
set -eu
cd "$(dirname "$0")/.."

want=${1:?usage: setup.sh run|dev}
venv=.venv
python=$venv/bin/python

current() { cmp -s "requirements/$1.lock" "$venv/installed-$1.lock"; }
runs() { "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null; }
say() { printf '==> %s\n' "$*" >&2; }

if current run && { [ "$want" = run ] || current dev; } && runs; then
    exit 0
fi

begun=$(date +%s)
# Trust the certificates that this machine trusts; an older uv knows the second name.
export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true

say "Looking for uv and Python 3.10"
uv=$(sh scripts/find_uv.sh)

if ! runs; then
    rm -rf "$venv"
    if found=$(sh scripts/find_python.sh); then
        say "Making $venv with $found"
        "$uv" venv -q --no-project --python "$found" "$venv"
    else
        [ -z "${PYTHON:-}" ] || exit 1
        say "No Python 3.10 on this machine: fetching one"
        "$uv" venv --no-project --managed-python --python 3.10 "$venv" || {
            echo "Install Python 3.10, or name one: PYTHON=/path/to/python3.10" >&2
            exit 1
        }
    fi
fi

set -- requirements/run.lock
# `run` after `dev` keeps the tools of dev.
if [ "$want" = dev ] || [ -e "$venv/installed-dev.lock" ]; then
    set -- "$@" requirements/dev.lock
fi
rm -f "$venv"/installed-*.lock

say "Installing $(cat "$@" | grep -o '^[a-z0-9][^ ]*' | sort -u | wc -l | tr -d ' ') packages; what is not cached is fetched first (900 MB the first time)"
# The lock files are complete, so nothing is resolved; uv refuses a file with another hash.
# Its list of every package would only bury what it says about progress.
{
    "$uv" pip sync --require-hashes --python "$python" "$@" 2>&1 || echo "set-up failed"
} | tee "$venv/installing.log" | grep --line-buffered -v '^ [-+~] ' >&2 || :
! grep -qx "set-up failed" "$venv/installing.log" || exit 1

for lock in "$@"; do
    cp "$lock" "$venv/installed-${lock##*/}"
done
say "Set up in $(($(date +%s) - begun)) s"
