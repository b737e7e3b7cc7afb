# What can be done here? `make` alone answers. Needs npm and any Node from 20 on; the rest is fetched.
.DEFAULT_GOAL := help
.PHONY: help setup up up-workers up-workers-with-monitoring down status open workers logs word-count dask-example build-all build-executables check test test-unit golden lab chaos

muster := @node stacks/cli/muster.js
node = node="$$(node stacks/cli/node/path.js)" && "$$node"
embedded := $(if $(filter 1 true yes,$(EMBEDDED)),--embedded)

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-26s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## install what development and tests need (everything else installs what it needs by itself)
	@node stacks/cli/setup.js test

up: ## start the whole stack of cluster.yaml: workers, models, pages, monitoring
	$(muster) up $(embedded)

up-workers: ## start the workers alone; EMBEDDED=1 without Docker, MUSTER_PORT=N on another port
	$(muster) up-workers $(embedded)

up-workers-with-monitoring: ## the workers, with Prometheus, Alertmanager and Grafana
	$(muster) up --only workers,monitoring $(embedded)

down: ## stop it; data stays
	$(muster) down

status: ## what runs, how it is, and where it is reached
	$(muster) status

open: ## open the chat page in a browser; or another one: P=dask, grafana, prometheus, api
	$(muster) open $(or $(P),chat)

workers: ## who works, and on what
	$(muster) workers list

logs: ## follow the log of one: W=worker-01 (or orchestrator)
	$(muster) logs -f $(W) || [ $$? -eq 130 ]

word-count: ## a first job: count the words of a folder of texts on the workers; DIR=folder
	$(muster) word-count $(if $(DIR),-- '$(subst ','\'',$(DIR))')

dask-example: ## a computation on Dask, checked against the same one without it
	$(muster) dask run stacks/examples/dask-letters/letters.py

build-all: ## build the bundles and the images
	$(muster) build-all

build-executables: ## build agent and orchestrator as single files, for hosts without Docker and Node
	$(muster) build-executables

check: ## types, lint, format, freshness of generated files
	@node stacks/cli/setup.js test
	@$(node) node_modules/typescript/bin/tsc -p .
	@node_modules/.bin/biome check --error-on-warnings .
	$(muster) render --check

test: check ## check, then every test that this machine can run
	@$(node) --disable-warning=ExperimentalWarning test/run.ts

test-unit: ## the quick tests
	@node stacks/cli/setup.js test
	@$(node) --disable-warning=ExperimentalWarning test/run.ts unit

golden: ## write the goldens anew
	@node stacks/cli/setup.js test
	@export MUSTER_GOLDEN=update; $(node) --disable-warning=ExperimentalWarning test/run.ts unit

lab: ## Debian, root: install and build once, in a cache, what the full suite needs
	@test/lab/lab up

chaos: ## the long form of the fault tests: thousands of jobs under kill -9; MUSTER_CHAOS_JOBS=N, MUSTER_CHAOS_SEED=N
	@node stacks/cli/setup.js test
	@export MUSTER_CHAOS_JOBS=$${MUSTER_CHAOS_JOBS:-10000}; $(node) --disable-warning=ExperimentalWarning test/run.ts test/chaos/
