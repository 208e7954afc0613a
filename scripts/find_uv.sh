#!/bin/sh
# Prints the path of uv, which installs the lock files: the pinned one, fetched into .venv-tools
# with any Python 3 at hand and checked against its hash; failing that, one on PATH.
set -eu
cd "$(dirname "$0")/.."

lock=requirements/installer.lock
tools=.venv-tools

fetch() {
    for python in "${PYTHON:-python3}" python3 python /usr/bin/python3 "$(sh scripts/find_python.sh 2>/dev/null || :)"; do
        [ -n "$python" ] || continue
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null || continue
        rm -rf "$tools"
        # Debian splits the parts of venv off into a package of their own, so try pip alone too.
        if "$python" -m venv "$tools" 2>/dev/null; then
            "$tools/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock" >&2 && return 0
        else
            rm -rf "$tools"
            "$python" -m pip install -qq --disable-pip-version-check --require-hashes --target "$tools" -r "$lock" >&2 2>/dev/null && return 0
        fi
    done
    rm -rf "$tools"
    return 1
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
