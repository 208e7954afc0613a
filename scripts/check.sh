#!/bin/sh
# Everything that can be known without running the tests. Goes on after a finding, to show all.
set -u
cd "$(dirname "$0")/.."

export RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3
bin=.venv/bin/python
failed=

step() {
    name=$1
    shift
    begun=$(date +%s)
    printf '==> %s\n' "$name"
    if "$@"; then
        printf '    %s: fine, %s s\n' "$name" $(($(date +%s) - begun))
    else
        printf '    %s: FAILED, %s s\n' "$name" $(($(date +%s) - begun))
        failed="$failed, $name"
    fi
}

step "ruff check" $bin -m ruff check
step "ruff format" $bin -m ruff format --check
step "mypy" $bin -m mypy
step "import arrows" $bin -c 'import importlinter.cli as c; raise SystemExit(c.lint_imports(no_logo=True))'
step "names" $bin scripts/check_names.py
step "voice" $bin scripts/check_voice.py
step "every sentence" $bin scripts/every_sentence.py --check
step "rasa data validate" $bin -m rasa data validate --fail-on-warnings

if [ -n "$failed" ]; then
    echo "==> failed: ${failed#, }"
    exit 1
fi
echo "==> all fine"
