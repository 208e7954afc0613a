#!/bin/sh
# Prints the path of uv, which installs the lock files: the pinned one, fetched into .venv-tools
# with any Python 3 at hand and checked against its hash; failing that, one on PATH.
set -eu
cd "$(dirname "$0")/.."

lock=requirements/installer.lock
tools=.venv-tools

python3_here() {
    for python in python3 python /usr/bin/python3; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null && echo "$python" && return
    done
    sh scripts/find_python.sh 2>/dev/null
}

fetch() {
    python=$(python3_here) || return 1
    rm -rf "$tools"
    # Debian splits the parts that venv needs off into a package of their own: pip alone will do.
    if "$python" -m venv "$tools" >/dev/null 2>&1; then
        "$tools/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock" >&2
    else
        rm -rf "$tools"
        "$python" -m pip install -qq --disable-pip-version-check --require-hashes --target "$tools" -r "$lock" >&2
    fi
}

if cmp -s "$lock" "$tools/installed" && "$tools/bin/uv" --version >/dev/null 2>&1; then
    echo "$tools/bin/uv"
elif fetch && "$tools/bin/uv" --version >/dev/null 2>&1; then
    cp "$lock" "$tools/installed"
    echo "$tools/bin/uv"
elif uv --version >/dev/null 2>&1; then
    command -v uv
else
    cat >&2 <<'END'
uv, which installs everything else, could not be fetched. Either
  - let python3 make virtual environments (on Debian and Ubuntu: apt-get install python3-venv), or
  - install uv and put it on PATH.
END
    exit 1
fi
