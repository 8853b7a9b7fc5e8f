# `make` lists what there is to do. Only Python, make and a network are needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test coverage lint types wheel benchmark soak clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/test-installed: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/dev-installed: $(VENV)/test-installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ruff import-linter mypy build types-psutil
	@touch $@

demo: $(VENV)/installed  ## serve examples/site: open the address, then edit a file in it
	$(BIN)/sse-reload serve examples/site $(ARGS)

test: $(VENV)/test-installed  ## run the whole test suite
	@tests/prepare
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

coverage: $(VENV)/test-installed  ## the tests once more, and which lines they do not reach
	@tests/prepare
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(VENV)/dev-installed  ## ruff, and the layers of the architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev-installed  ## mypy, strict, over package and tests; tsc over the client where there is npx
	$(BIN)/mypy
	@if command -v npx >/dev/null; then npx --yes --package typescript@7 tsc -p tests/client; \
	else echo "The client's types are not checked: npx is missing."; fi

wheel: $(VENV)/dev-installed  ## build the wheel, install it elsewhere, serve one page with it
	@tests/smoke_wheel

benchmark: $(VENV)/test-installed  ## measure everything the README quotes, and print one table
	$(BIN)/python -m tests.benchmarks

soak: $(VENV)/test-installed  ## the long experiments
	SSE_RELOAD_SOAK_STEPS=5000 $(BIN)/python -m pytest --timeout 3600 tests/integration/test_random_edits.py $(ARGS)
	SSE_RELOAD_SOAK_EDITS=300 $(BIN)/python -m pytest -s tests/browser/test_corpus.py $(ARGS)
	SSE_RELOAD_SOAK_EDITS_WATCHED=500 $(BIN)/python -m pytest -s tests/integration/test_watch_pytest_soak.py $(ARGS)
	SSE_RELOAD_SOAK_RUNS=1200 $(BIN)/python -m pytest -s tests/integration/test_example_tasks_runs.py $(ARGS)
	SSE_RELOAD_SOAK_SUITES=all $(BIN)/python -m pytest -s tests/integration/test_watch_pytest_equal.py $(ARGS)
	SSE_RELOAD_SOAK_MUTANTS=40 $(BIN)/python -m pytest -s --timeout 3600 tests/integration/test_watch_pytest_soundness.py tests/integration/test_watch_pytest_soundness_peers.py $(ARGS)

clean:  ## remove what the targets above made
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
