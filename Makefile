# The verbs of this repository; `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Some machines forbid it to everybody; compiled once, a module serves every test process and every server they start.
unexport PYTHONDONTWRITEBYTECODE
# Test processes at a time.
JOBS ?= 2
# More arguments for `make test`, e.g. ARGS="tests/kernel -x".
ARGS ?=
# The first Python on the path that is new enough; set PYTHON to choose another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --no-header --upgrade --override requirements/overrides.txt

.PHONY: help setup run test test-sqlite test-postgresql check format bench lock clean

help:  ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY)  ## make .venv with everything in it

$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Hyway needs Python 3.11 or newer; none was found. Set PYTHON=/path/to/python."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: setup  ## serve on this machine; the data is in ./var
	$(BIN)/hyway up

test: setup  ## the whole suite, on SQLite and on PostgreSQL
	@failed=""; \
	$(MAKE) --no-print-directory test-sqlite || failed="$$failed sqlite"; \
	$(MAKE) --no-print-directory test-postgresql || failed="$$failed postgresql"; \
	if [ -n "$$failed" ]; then echo "=== the suite failed on:$$failed ==="; exit 1; fi; \
	echo "=== the suite passed on sqlite and on postgresql ==="

test-sqlite: setup  ## the suite on SQLite alone
	@echo "=== the suite on SQLite ==="
	HYWAY_TEST_ENGINE=sqlite $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

test-postgresql: setup  ## the suite on PostgreSQL alone
	@echo "=== the suite on PostgreSQL ==="
	HYWAY_TEST_ENGINE=postgresql $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: setup  ## lint, format, types, import contracts, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tests $(wildcard bench)
	PYTHONPATH=src $(BIN)/lint-imports --no-cache
	$(BIN)/codespell

format: setup  ## put the code in the agreed form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup  ## measure; prints the table of speeds
	$(BIN)/python -m bench

lock: $(BIN)/uv  ## choose the newest versions anew and write requirements/
	$(LOCK) pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) pyproject.toml --group dev --constraints requirements/runtime.txt --output-file requirements/dev.txt

$(BIN)/uv:
	$(MAKE) setup

clean:  ## remove what was made, but never ./var
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
