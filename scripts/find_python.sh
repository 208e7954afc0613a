#!/bin/sh
# Prints the path of a CPython 3.10 that really runs, or fails.
#
# Being on PATH proves nothing: a version manager's shim may stand there for a version that is not
# switched on, so every candidate is run. PYTHON=/path/to/python3.10 settles it by hand.
set -eu

probe='
import ctypes, os, sqlite3, ssl, sys, zlib
if sys.version_info[:2] != (3, 10) or sys.implementation.name != "cpython":
    sys.exit(1)
# Out of an active virtual environment, the interpreter it was made from.
print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
'

try() {
    found=$("$1" -c "$probe" 2>/dev/null </dev/null) && [ -x "$found" ] && echo "$found"
}

if [ -n "${PYTHON:-}" ]; then
    try "$PYTHON" && exit 0
    echo "PYTHON=$PYTHON is not a working CPython 3.10" >&2
    exit 2
fi

for name in python3.10 python3 python; do
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        IFS=$old_ifs
        [ -x "${folder:-.}/$name" ] && try "${folder:-.}/$name" && exit 0
        IFS=:
    done
    IFS=$old_ifs
done

for versions in "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}/versions" "$(pyenv root 2>/dev/null || :)/versions"; do
    for python in "$versions"/3.10.*/bin/python3.10; do
        [ -x "$python" ] && try "$python" && exit 0
    done
done

exit 1
