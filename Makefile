# `make up` and `make test` are all that a fresh machine needs; the rest is for working on Slipway.
SLIPWAY = .venv/bin/slipway
PYTHON = .venv/bin/python
SERVICES = $(dir $(wildcard services/*/test.sh))
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up setup environment down shell test unit services $(SERVICES) coverage check fuzz soak mutation bench

help: ## show this
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

up: environment ## set everything up and bring tooling and dev up on the embedded cloud
	@$(SLIPWAY) up tooling dev

setup: environment ## get engine, Docker and base images ready, start nothing
	@$(SLIPWAY) prepare

environment:
	@sh pipelines/setup.sh

down: environment ## destroy all stacks and end everything that was started
	@$(SLIPWAY) down --all

shell: environment ## a shell in which plain pulumi works on the embedded cloud
	@$(SLIPWAY) shell

test: environment ## every test
	@sh tests/all.sh

unit: environment ## the quick tests: nothing is started
	@$(PYTHON) -m pytest -q -n 2 --dist loadgroup -m "not engine and not cloud and not docker"

services: $(SERVICES) ## the services' own quick tests, each in its own environment
$(SERVICES): environment
	@sh $@test.sh

coverage: environment ## lines that the tests run, in every process (part=units: the quick ones only)
	@sh tests/coverage.sh $(part)

check: environment ## lint, format, types, direction of imports
	@sh tests/check.sh

fuzz: environment ## 2,000 stack files that nobody thought of
	@$(PYTHON) -m tests.fuzz

soak: environment ## rounds of real runs with a fault each: make soak rounds=50 seed=7 systems=counter
	@$(PYTHON) -m tests.soak --rounds $(or $(rounds),50) $(if $(seed),--seed $(seed)) $(if $(systems),--systems $(systems))

mutation: environment ## break the core one place at a time: tests must notice 90 % of it
	@$(PYTHON) -m tests.mutation

bench: environment ## measure: start, previews, up, down, image sizes; kept in docs/figures.md (cold=1: a first make up too)
	@$(PYTHON) -m tests.bench $(if $(cold),--cold)
