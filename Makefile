# Each target sets up .venv from the hashed lock file first. Needs python3 (3.11 or newer), git and make.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= public
KEY ?=
PYTEST_ARGS ?=

.PHONY: publish test check lint bench attacks leaks goldens clean

publish: $(READY)
	$(BIN)/letterbook publish --out $(OUT) $(if $(KEY),--key $(KEY))

check: $(READY)
	$(BIN)/letterbook check

test: lint
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

attacks: $(READY)
	$(BIN)/python -m tests.attacks

leaks: $(READY)
	$(BIN)/python -m tests.leaks $(LEAKS_ARGS)

goldens: $(READY)
	$(BIN)/python -m tests.goldens
	$(BIN)/python -m tests.findings_page

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'error: Python 3.11 or newer is needed' >&2; echo 'hint: name one with make PYTHON=/path/to/python3' >&2; exit 3; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo 'error: Python could not make a virtual environment' >&2; echo 'hint: Debian has it in the package python3-venv' >&2; exit 3; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
