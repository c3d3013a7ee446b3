# From a clean clone with Python 3.11 or newer: `make run` or `make demo`, nothing before it.

BIN := .venv/bin
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix web run --silent
# What the tests are asked for: make test ARGS="-k failover"
ARGS ?=
# Newer versions where they exist: make lock UPGRADE=--upgrade
UPGRADE ?=
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes $(UPGRADE) \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: help setup setup-web setup-dev setup-clients web web-dev run demo simulate test test-browser drill \
	bench bench-quick screenshots check format lock schema
.DEFAULT_GOAL := help

help: ## Says what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  make %-13s %s\n", $$1, $$2 }'

setup: ## Makes .venv ready to run Perpetuo
	@scripts/setup.sh

setup-web: ## Makes .venv and web/node_modules ready to build the dashboard
	@scripts/setup.sh web

setup-dev: ## Makes .venv ready to work on Perpetuo
	@scripts/setup.sh dev

setup-clients: ## Makes .venv-clients and tests/clients/node ready to drive the gateway with real clients
	@scripts/setup.sh clients

web: setup-web ## Builds the dashboard into web/dist, where its sources have changed
	@scripts/build_web.sh

web-dev: setup-web ## Serves the dashboard from its sources on http://localhost:3001, in front of a gateway on 3000
	@$(NPM) dev

run: web ## Serves on http://localhost:3000 with SQLite in ./data
	@$(BIN)/perpetuo serve

demo: web ## Serves with simulated providers, an account and some traffic
	@$(BIN)/perpetuo demo

simulate: setup ## Plays every provider on loopback
	@$(BIN)/perpetuo simulate

screenshots: web ## Takes the pictures of docs/dashboard.md from the demo
	@scripts/setup.sh browser
	@$(BIN)/python -m scripts.screenshots

check: setup-dev ## Format, lint, types and import contracts
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) codegen -- --check
	$(NPM) lint
	$(NPM) format:check
	$(NPM) types

test: check web setup-clients ## All checks, then all tests: on SQLite and PostgreSQL, in a real Chromium, with real clients
	@scripts/setup.sh browser
	@scripts/setup.sh balancer
	$(NPM) test
	$(BIN)/pytest $(ARGS)

test-browser: web ## Only the tests of the dashboard, in a real Chromium
	@scripts/setup.sh browser
	$(BIN)/pytest tests/e2e $(ARGS)

drill: setup-dev ## The drills of bad days at full length, about 45 minutes
	@scripts/setup.sh balancer
	PERPETUO_DRILLS=long $(BIN)/pytest tests/drills --timeout 3600 $(ARGS)

bench: ## Measures beside nginx and Portkey, with ARGS=--litellm LiteLLM too, and writes docs/benchmarks.md
	@scripts/setup.sh bench
	@$(BIN)/python -m tests.bench.run $(ARGS)

bench-quick: ## Measures beside nginx for a minute and prints; skipped where nginx or wrk is missing
	@scripts/setup.sh bench
	@$(BIN)/python -m tests.bench.run --quick

format: setup-dev ## Formats the code and mends what lint can mend
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet
	$(NPM) format

lock: setup-dev ## Writes the lock files anew from pyproject.toml
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.lock
	$(COMPILE) --group build --output-file requirements-build.lock
	$(COMPILE) --group web --output-file requirements-web.lock
	$(COMPILE) tests/clients/requirements.in --output-file tests/clients/requirements.lock

schema: setup-web ## Writes graphql_schema/schema.graphql and the types of the dashboard anew
	@$(BIN)/perpetuo export-schema > graphql_schema/schema.graphql.new
	@mv graphql_schema/schema.graphql.new graphql_schema/schema.graphql
	@$(NPM) codegen
