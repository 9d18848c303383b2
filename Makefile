# Safe Passage: `make demo` compares two policies, `make test` passes every check. Both set up what they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers# packages that ask for an older NumPy than ours
# uv is used where it is installed (much quicker), never required. `make UV= test` does without it.
UV ?= $(shell command -v uv 2>/dev/null)
# The first Python on the PATH that is 3.11, 3.12 or 3.13.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)

DEMO := scenarios/central_mediterranean
DEMO_OUT := runs/demo
PUBLISHED := packages equal_budget sensitivity

.PHONY: help setup demo test test-faults test-browser lint bench orders patterns panel flee coverage results constraints reference clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

$(BIN)/python:
ifneq ($(UV),)
	$(UV) venv --quiet --allow-existing --python "$(or $(PYTHON),>=3.11,<3.14)" $(VENV)
else
	@if [ -z "$(PYTHON)" ]; then echo "Safe Passage needs Python 3.11, 3.12 or 3.13 on the PATH." >&2; exit 1; fi
	$(PYTHON) -m venv $(VENV)
endif

define install
	@echo "setting up $(1) (a few minutes the first time)"
	@if [ -n "$(UV)" ]; then $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e "$(1)"; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e "$(1)"; fi
	@touch $@
endef

$(VENV)/.ready: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,.)

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(call install,.[dev])
	@touch $(VENV)/.ready

setup: $(VENV)/.ready ## set up the command safepassage in .venv

demo: $(VENV)/.ready ## the main job: what enforcement in Niger from 2016 does to people, against the baseline
	$(BIN)/safepassage compare $(DEMO)/baseline.yaml $(DEMO)/niger_enforcement_2016.yaml \
		--replicates 4 --scale 0.8 --out $(DEMO_OUT) --force

test-browser: $(VENV)/.ready-dev ## open the report and the explore page in headless Chromium, with axe-core (fetched by npm)
	@for names in "chromium chromium-browser google-chrome" npm; do test -n "$$(command -v $$names)" || \
		{ echo "test-browser needs $${names%% *} on the PATH; on Debian: apt install $${names%% *}" >&2; exit 1; }; done
	@mkdir -p .venv-browser && cd .venv-browser && (test -f package/axe.min.js || \
		(npm pack --silent axe-core@4 && tar xzf axe-core-*.tgz package/axe.min.js))
	$(BIN)/python -m pytest tests/browser -m browser

lint: $(VENV)/.ready-dev ## style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## set up and pass all tests
	$(BIN)/python -m pytest -n 2

test-faults: $(VENV)/.ready-dev ## kill workers and parents, fill a disk, damage files: no finished run may be lost
	$(BIN)/python -m pytest tests/faults -m "faults or not faults"

$(PEERS)/.ready: benchmarks/peers.txt | $(BIN)/python
	@echo "setting up the benchmark's peers"
	@if [ -n "$(UV)" ]; then $(UV) venv --quiet --allow-existing --python $(BIN)/python $(PEERS) && \
		$(UV) pip install --quiet --python $(PEERS)/bin/python -r $<; \
	else $(BIN)/python -m venv $(PEERS) && \
		$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<; fi \
		|| { echo "the peers do not install here; the benchmark goes on without them"; exit 0; }
	@mkdir -p $(PEERS) && touch $@

bench: $(VENV)/.ready $(PEERS)/.ready ## how fast it is, beside peers: docs/validation/benchmarks.md (BENCH=--quick for minutes)
	$(BIN)/python -m benchmarks.run $(BENCH)

orders: $(VENV)/.ready ## hold the history of 2014-2019 against published numbers: docs/validation/orders_of_magnitude.md
	$(BIN)/python -m experiments.orders_of_magnitude docs/validation/orders_of_magnitude

patterns: $(VENV)/.ready ## in what share of parameter draws each pattern shows: docs/validation/patterns.md (about five minutes)
	$(BIN)/python -m experiments.pattern_draws docs/validation/patterns

panel: $(VENV)/.ready ## dose and response: every lever at five levels, into docs/validation (a quarter of an hour)
	$(BIN)/python -m experiments.dose_response docs/validation/dose_response --seeds 4 --scale 0.02

# Folders of Flee cases, and Flee's own scores on them: python -m benchmarks.flee_case.run --scores ... --out FILE
FLEE_CASES ?=
FLEE_SCORES ?= docs/validation/flee_peer.csv

flee: $(VENV)/.ready ## hold Flee cases against their camps: docs/validation/flee.md (FLEE_CASES="FOLDER ...")
	$(BIN)/python -m experiments.flee.page docs/validation/flee $(FLEE_CASES) --peer $(FLEE_SCORES)

coverage: $(VENV)/.ready ## do the intervals cover? 4,000 repetitions of cases with known answers: docs/validation/coverage.md
	$(BIN)/python -m experiments.coverage docs/validation/coverage

results: $(VENV)/.ready-dev ## run the published plans and write docs/results (some two and a half hours; finished runs are kept)
	@for plan in $(PUBLISHED); do \
		$(BIN)/safepassage plan run experiments/plans/$$plan.yaml --out runs/$$plan --resume && \
		$(BIN)/python -m experiments.results_page experiments/plans/$$plan.yaml runs/$$plan || exit; done

constraints: ## renew constraints.txt (needs uv)
	uv pip compile --universal --python-version 3.11 --all-extras --no-header --no-annotate --upgrade \
		--output-file constraints.txt pyproject.toml

reference: $(VENV)/.ready-dev ## write schemas and references of scenarios, plans and observation files, and docs/parameters.md
	$(BIN)/python -m simulation.spec.publish
	$(BIN)/python -m experiments.planning.publish
	$(BIN)/python -m calibration.observation.publish
	$(BIN)/python -m simulation.spec.register

clean: ## remove set-up, caches and compiled kernels; runs/ stays
	rm -rf $(VENV) $(PEERS) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/safepassage"
	find simulation calibration experiments tests -name __pycache__ -type d -prune -exec rm -rf {} +
