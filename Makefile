# make run    sets everything up and starts the assistant
# make test   sets everything up and runs the tests; ARGS="tests/ledger -k month" runs some
# make check  style, types, import arrows, training data, names
# make lock   solves requirements/*.in again
# make clean  removes what was installed and cached; your data in var/ stays

# One job at a time: the steps of a target build on each other.
.NOTPARALLEL:
.PHONY: run test check lock clean

PYTHON_BIN := .venv/bin/python
ARGS ?=

# Compiled modules are kept, or every start would compile Rasa and what is under it again.
unexport PYTHONDONTWRITEBYTECODE

# Rasa reports usage unless told not to. The other two only quiet start-up notices.
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3

run:
	@sh scripts/setup.sh run
	@exec $(PYTHON_BIN) -m bot up

test:
	@sh scripts/setup.sh dev
	@$(PYTHON_BIN) -m bot train
	@$(PYTHON_BIN) -m pytest --numprocesses auto --dist loadfile $(ARGS)

check:
	@sh scripts/setup.sh dev
	@sh scripts/check.sh

lock:
	@sh scripts/lock.sh

clean:
	rm -rf .venv .venv-tools .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .rasa
	find bot actions tests scripts migrations -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
