# Everything a developer or an operator types. `make help` lists it.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
BENCH_VENV := .venv-bench
BIN := $(VENV)/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes
STAMP := $(VENV)/.installed
SPARK_STAMP := $(VENV)/.installed-spark
BENCH_STAMP := $(BENCH_VENV)/.installed

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-11s %s\n", $$1, $$2}'

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=…" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# The lock pins every package by hash; the project itself is linked to this folder and built with what the lock holds.
$(STAMP): requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python $(PIP_INSTALL) -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: install
install: $(STAMP) ## Install what is needed into .venv (quick when nothing changed)

.PHONY: run
run: install ## Serve on http://127.0.0.1:8000 with SQLite, open to callers on this machine
	if [ -z "$${BEIZENG_AUTH:-}" ] && ! grep -qs '^ *BEIZENG_AUTH *=' .env; then export BEIZENG_AUTH=open; fi; \
	exec $(BIN)/beizeng serve

.PHONY: test
test: install ## Install and run the tests that need Python alone, with their coverage bars
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -m "not parts" --numprocesses 2 --dist loadfile --cov --cov-report=
	$(BIN)/coverage report
	$(BIN)/python tests/coverage_bars.py

# The files that docs/faults.md names.
.PHONY: faults
faults: install ## Cause every fault of docs/faults.md as often as the catalogue asks (an idle machine, a quarter of an hour)
	FAULT_ROUNDS=long $(BIN)/python -m pytest --timeout 900 -s $$(grep -oE 'tests/[a-z_0-9/]+\.py' docs/faults.md | sort -u)

$(SPARK_STAMP): requirements-spark.lock $(STAMP)
	$(BIN)/python $(PIP_INSTALL) -r requirements-spark.lock
	@touch $@

.PHONY: test-parts
test-parts: $(SPARK_STAMP) ## Run the tests that need more than Python (Debian: chromium, fonts-wqy-microhei, Java 17)
	$(BIN)/python -m pytest -m parts --numprocesses 2 --dist loadfile

.PHONY: check
check: install ## Format, lint, types, import contract, policy packs, secrets, pinned packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/beizeng policy check
	$(BIN)/python tests/secret_scan.py
	$(BIN)/python tests/dependency_audit.py

.PHONY: format
format: install ## Rewrite the code in the house format and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# LOAD=long judges the bars (half an hour, an idle machine); LOAD_ONLY=overload,batch runs some parts of it.
.PHONY: load
load: install ## Load a real service: what holds on any machine, in forty seconds (LOAD=long: the bars of docs/load.md)
	$(BIN)/python -m bench.load --form $(or $(LOAD),short) $(if $(LOAD_ONLY),--only $(LOAD_ONLY)) $(if $(LOAD_BESIDE),--beside "$(LOAD_BESIDE)") $(if $(filter long,$(LOAD)),--docs)

.PHONY: bench
bench: $(BENCH_STAMP) ## Measure against the bars of docs/performance.md and the peers, in .venv-bench
	$(BENCH_VENV)/bin/python -m bench

$(BENCH_STAMP): requirements-bench.lock
	[ -x $(BENCH_VENV)/bin/python ] || $(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python $(PIP_INSTALL) -r requirements-bench.lock -r requirements-build.lock
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: lock
lock: install ## Pin the newest allowed versions again, by hash
	pin() { $(BIN)/uv pip compile --upgrade --python-version 3.11 --universal --generate-hashes --no-header --no-annotate --quiet "$$@"; }; \
	pin pyproject.toml --extra test --extra dev --group build --output-file requirements-dev.lock; \
	pin pyproject.toml --constraints requirements-dev.lock --output-file requirements.lock; \
	pin --group build --constraints requirements-dev.lock --output-file requirements-build.lock; \
	pin pyproject.toml --extra bench --constraints requirements.lock --output-file requirements-bench.lock; \
	pin pyproject.toml --extra spark --constraints requirements-dev.lock --output-file requirements-spark.lock

.PHONY: clean
clean: ## Remove environments, caches and reports; data in var/ stays
	rm -rf $(VENV) $(BENCH_VENV) build dist *.egg-info htmlcov .coverage .coverage.*
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis .import_linter_cache
	find app migrations tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
