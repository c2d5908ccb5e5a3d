# Two commands do everything on a machine with python3 (3.11 to 3.13), python3-venv and make:
#   make run    builds every release month shipped in data/raw/ and prints what was built, proven, and needs review
#   make test   runs the test suite
.PHONY: run ui test test-all lint docs lock clean
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

$(INSTALLED): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Status 1 means "built, and something needs review": that is a result, not a failure of make.
run: $(INSTALLED)
	@$(BIN)/trade-assets run || test $$? -eq 1

ui: $(INSTALLED)
	@$(BIN)/trade-assets ui

test: $(INSTALLED)
	$(BIN)/python -m pytest

# Also the slow tests and those that need Chromium.
test-all: $(INSTALLED)
	$(BIN)/python -m pytest -m "" --dist loadfile

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

# The data dictionary, the rule book, the page of sources and the command reference are generated; a test fails if one is out of date.
docs: $(INSTALLED)
	$(BIN)/python -m trade_assets.facts.dictionary docs/data-dictionary.md
	$(BIN)/python -m trade_assets.identities.rule_book docs/rule-book.md
	$(BIN)/python -m trade_assets.publication.who_says docs/sources.md
	$(BIN)/python -m trade_assets.cli.reference docs/commands.md

# Needs uv. Writes no registry's address.
lock:
	uv pip compile pyproject.toml --extra dev --extra notify --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --upgrade -o requirements.txt

clean:
	rm -rf data/warehouse data/data_docs data/great_expectations data/dagster data/reports
