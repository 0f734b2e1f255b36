# Everything that is done to MedRec, by one word each: `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTHON := $(BIN)/python
FORGE := tools/foundry/forge
PYTEST := $(PYTHON) -m pytest
# Two at a time: each of these tests runs a node or a store of its own.
PYTEST_PARALLEL := $(PYTEST) -n 2 --dist loadfile --max-worker-restart 0
# On geth each transaction waits for its block, and a ward of people makes dozens: that takes time and
# no processor, so more at once than there are processors.
PYTEST_ON_NODE := $(PYTEST) -n 4 --dist loadfile --max-worker-restart 0 --timeout 1200
ON_NODES := tests/conformance/test_chain.py tests/unit/chain/test_deploy.py tests/e2e
SCRIPTS := tools/setup.sh tools/foundry/forge .ci/run
TYPED := src tools setup.py tests/support tests/bench
SOLIDITY := contracts tests/contracts
# How many mutants of the contracts each run of the tests tries; `make mutants` tries all.
MUTANTS_SAMPLE := 10

.PHONY: help setup run screenshots gallery lint format layers types contracts proxies kubo geth hardhat \
	audit-tools slither prove gas mutants coverage test test-unit test-contracts test-gui \
	test-e2e test-geth test-nodes bench demo clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

setup: ## everything that is needed, into .venv and tools/ (costs nothing when it is there)
	@tools/setup.sh

kubo: ## the IPFS store alone, again where it could not be had before
	@tools/setup.sh kubo

hardhat:
	@tools/setup.sh hardhat

geth: ## go-ethereum's node, for `medrec devnet up --node geth` and for the tests (built once)
	@tools/setup.sh geth

audit-tools: setup
	@tools/setup.sh audit

run: setup ## a network of this machine with invented people, and the desktop on it
	@$(BIN)/medrec demo

demo: setup ## the whole main job on this machine, step by step
	@$(BIN)/medrec demo --headless

test: setup test-unit test-contracts test-gui test-e2e ## every test

test-unit: setup ## unit tests and conformance suites
	$(PYTEST_PARALLEL) tests/unit tests/conformance

test-contracts: setup prove ## the contracts' tests in Solidity, proofs, gas, a sample of mutants
	$(FORGE) test
	$(PYTEST) tests/contracts
	$(PYTHON) tests/contracts/mutations.py --sample $(MUTANTS_SAMPLE)

prove: audit-tools ## how words are packed and the epoch steps, proved for all inputs (halmos)
	PATH="$(CURDIR)/tools/foundry:$(CURDIR)/tools/audit/.venv/bin:$$PATH" FOUNDRY_PROFILE=prove \
		halmos --config tests/contracts/formal/halmos.toml

gas: setup ## measures the gas of every operation and writes tests/contracts/gas.json
	@$(PYTHON) -m tests.bench.bench_gas --write

mutants: audit-tools ## every mutation of the contracts, each of which a test or proof must kill (half an hour)
	$(PYTHON) tests/contracts/mutations.py

test-gui: setup ## the desktop's widgets, models and controllers, without a screen
	QT_QPA_PLATFORM=offscreen $(PYTEST_PARALLEL) tests/gui

test-e2e: setup ## the main job by the command line, and the attacks on it
	$(PYTEST_PARALLEL) tests/e2e tests/attack

test-geth: setup geth ## the command line end to end on geth, with a block every second
	MEDREC_TEST_NODE=geth $(PYTEST_ON_NODE) tests/e2e

test-nodes: setup geth hardhat ## the chain, its deployment and the command line, on geth and on hardhat
	MEDREC_TEST_NODE=geth $(PYTEST_ON_NODE) $(ON_NODES)
	MEDREC_TEST_NODE=hardhat $(PYTEST_ON_NODE) $(ON_NODES)

bench: setup ## figures: gas, sealing, events, stores, start of the command
	@for bench in tests/bench/bench_*.py; do \
		printf '\n== %s\n' "$$bench"; \
		module=$${bench%.py}; $(PYTHON) -m "$${module//\//.}"; \
	done

screenshots: setup ## every screen of every role, light and dark, into docs/screenshots
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m tests.screenshots

gallery: setup ## the components, in a window
	@$(PYTHON) -m medrec.views.gallery

lint: setup layers types slither ## every check that runs nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(PYTHON) tools/check_sizes.py
	@if command -v shellcheck >/dev/null; then echo "shellcheck $(SCRIPTS)"; shellcheck $(SCRIPTS); \
	else echo "shellcheck is not on this machine: the scripts are not checked."; fi
	$(FORGE) fmt --check $(SOLIDITY)
	$(PYTHON) tools/compile_contracts.py --check
	$(PYTHON) tools/generate_proxies.py --check

format: setup ## lay out Python and Solidity as lint wants them
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(FORGE) fmt $(SOLIDITY)

layers: setup ## imports point down only
	$(BIN)/lint-imports --no-logo

types: setup ## mypy, strictly
	$(BIN)/mypy $(TYPED)

slither: audit-tools ## slither over the contracts: every finding is reviewed
	$(PYTHON) tools/audit/slither.py

coverage: setup ## every line and branch of contracts/ is run by the tests
	$(PYTHON) tools/check_coverage.py

contracts: setup ## resources/contracts from contracts/
	$(PYTHON) tools/compile_contracts.py

proxies: setup ## src/medrec/chain/proxies from resources/contracts
	$(PYTHON) tools/generate_proxies.py

clean: ## what builds and tests leave behind; .venv and tools/ stay
	rm -rf build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests tools migrations \( -name node_modules -o -name .venv \) -prune -o -name __pycache__ -type d \
		-exec rm -rf {} +
