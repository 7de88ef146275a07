# Every target sets up .venv by itself; it is made again only when pyproject.toml or constraints.txt changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed.stamp
# One more than the two processors of a small machine: a test process often waits for another one.
TEST_PROCESSES ?= 3
PYTEST_ARGS ?=
# Tests start many processes, which would compile the whole program each: 7 s instead of 3 s for a server.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-rules lint bench screenshots

help:
	@echo "make demo        set up, run the main job on generated subscribers, show the results"
	@echo "make test        set up, run all tests"
	@echo "make test-rules  set up, run the tests of the rules alone, without the slow ones"
	@echo "make lint        set up, check style, types, the direction of imports, and dependencies for known vulnerabilities"
	@echo "make screenshots set up, play the demo and take a picture of every page, into screenshots/"
	@echo "make bench       set up, measure speed and memory; one JSON object per line"

demo: $(STAMP)
	$(BIN)/billing demo

test: $(STAMP)
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal $(PYTEST_ARGS)

test-rules: $(STAMP)
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal -m "not slow" $(PYTEST_ARGS) tests/billing_core

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.dependency_audit

screenshots: $(STAMP)
	$(BIN)/billing demo --subscribers 100
	$(BIN)/python -m tests.screenshots

bench: $(STAMP)
	$(BIN)/python -m benchmarks

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "Cannot find '$(PYTHON)'. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "'$(PYTHON)' is $$($(PYTHON) --version 2>&1), but Python 3.11 or newer is needed." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments. Install its venv module (Debian: python3-venv)." >&2; \
		exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)
