# Safer Assets. `make board` makes a board pack, `make test` checks everything; both make their own environment first.
#
#   make board [PARTNERSHIP=barnet] [SOURCE=sample|live|folder] [MEETING=2023-05-12] [BASIS=as-at|latest]
#              [SCHEME=mps-2024] [DATA_MONTH=2023-02] [OUT=out]

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
OPTIONS = $(if $(PARTNERSHIP),--partnership "$(PARTNERSHIP)") $(if $(SOURCE),--source "$(SOURCE)") \
	$(if $(MEETING),--meeting "$(MEETING)") $(if $(BASIS),--basis "$(BASIS)") $(if $(SCHEME),--scheme "$(SCHEME)") \
	$(if $(DATA_MONTH),--data-month "$(DATA_MONTH)") $(if $(OUT),--out "$(OUT)")

export DAGSTER_HOME := $(CURDIR)/var/dagster

.PHONY: board test test-slow fuzz sbom ui bench lint docs requirements clean

board: $(READY)
	@$(BIN)/safer refresh $(OPTIONS)

test: lint $(READY)
	@$(BIN)/dagster definitions validate --workspace workspace.yaml --log-level warning
	@$(BIN)/pytest --numprocesses 2 --dist loadfile -m "not slow"

# Minutes rather than seconds: the browser, live sources, kills at every stage, PostgreSQL with the daemon.
test-slow: $(READY)
	@$(BIN)/pytest --numprocesses 2 --dist loadfile -m slow

# Feeds the parsers hostile files, guided by coverage; what it finds becomes a test in tests/fuzz/found.
fuzz: $(READY)
	@PYTHONPATH=tests $(BIN)/python -m fuzz.run --seconds $(or $(SECONDS),600)

# The software bill of materials (CycloneDX) of what is installed here, to out/sbom.cdx.json.
sbom: $(READY)
	@$(BIN)/python tests/supply.py sbom out/sbom.cdx.json

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

ui: $(READY) $(DAGSTER_HOME)/dagster.yaml
	@$(BIN)/dagster dev --workspace workspace.yaml --host 127.0.0.1 --port $(or $(PORT),3000)

bench: $(READY)
	@$(BIN)/python tests/bench.py

# The pages of docs/ that are made from the code; a test fails when they are stale.
docs: $(READY)
	@$(BIN)/python -m safer_assets.dictionary
	@$(BIN)/python tests/supply.py licences

# Pins of every dependency with the hashes of its files; run after a change of pyproject.toml.
requirements:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --extra dev pyproject.toml --output-file requirements.txt

clean:
	rm -rf .venv var out

$(DAGSTER_HOME)/dagster.yaml: dagster.yaml
	@mkdir -p $(@D) && cp dagster.yaml $@

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	@echo "Making .venv (about a minute, once) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
