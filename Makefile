# ARGS="…" goes to the command behind a target, for example: make test ARGS="-p greencheck-store"

.DEFAULT_GOAL := help
.PHONY: help run test data badges lint fmt k8s-check stack dashboards-check chaos restore-check bench-scale rolling deny advisories sbom api-fuzz bench bench-quick bench-parts images

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build and start greencheck with its demo catalog (RELEASE=1 for speed)
	@RELEASE=$(RELEASE) deploy/dev/run $(ARGS)

test: ## Run all tests, on servers started for them
	@deploy/dev/test $(ARGS)

data: ## Fetch public data for trying it out
	@deploy/dev/data

badges: ## Draw badges of many kinds on sheets to look at, in target/badges
	@cargo run -q -p badge-renderer --example contact_sheet -- target/badges $(ARGS)

bench: ## Measure the product beside references and print the ratios (ARGS="fast ranges" for some, ARGS=--help)
	@deploy/dev/bench $(ARGS)

bench-quick: ## The same on small sizes; fails when a ratio is three times below 0.8 of its goal, or of what was reached of it
	@deploy/dev/bench --quick --guard $(ARGS)

bench-parts: ## Measure parts alone: ranges, caches, the outbox, badges (ARGS="-p badge-renderer" for one)
	@cargo bench $(or $(ARGS),-p greencheck-core -p greencheck-cache -p greencheck-queue -p badge-renderer -p api-gateway) --benches

lint: ## Check formatting, scripts, lints and documentation as CI does
	@deploy/dev/lint $(ARGS)

fmt: ## Format the code
	@cargo fmt -- --config group_imports=StdExternalCrate,imports_granularity=Module

k8s-check: ## Check manifests, dashboards and alerts without a cluster
	@deploy/dev/k8s-check $(ARGS)

images: ## Build the five images with podman or docker; none may have more than 40 MB (ARGS=api-gateway for one)
	@deploy/dev/images $(ARGS)

stack: ## Run all services as processes of their own, with Prometheus, until Ctrl-C
	@deploy/dev/stack run $(ARGS)

dashboards-check: ## Run the stack, expect data in each panel, an alert for each server that is stopped, a row for each check
	@deploy/dev/dashboards-check

chaos: ## Kill, stop, freeze and fill things under load, and count every check (ARGS="poison kill-gateway" for some)
	@deploy/dev/chaos $(ARGS)

restore-check: ## Back the stack and an SQLite file up while they work, restore both, and compare (ROWS=1000000 for a larger log)
	@ROWS=$(ROWS) deploy/dev/restore-check

bench-scale: ## Run 1, 2 and 4 gateways and log-writers, and replay a burst as KEDA would scale it (ARGS="replay" for one part)
	@deploy/dev/bench-scale $(ARGS)

rolling: ## Restart each service 100 times at half load: no request fails, no row is lost (ROUNDS=10 for fewer)
	@deploy/dev/chaos --rolling $(or $(ROUNDS),100)

deny: ## Check licences, sources and bans of everything we use
	@python3 -B deploy/checks/supply.py check

advisories: ## Compare what we use with the RustSec database (ADVISORY_DB=FOLDER or .tar.gz for a copy of it)
	@ADVISORY_DB=$(ADVISORY_DB) python3 -B deploy/checks/advisories.py

sbom: ## Write what the programs are made of to target/sbom.json (CycloneDX)
	@python3 -B deploy/checks/supply.py sbom $(or $(CARGO_TARGET_DIR),target)/sbom.json

api-fuzz: ## Ask the demo server for a minute whether it answers as its OpenAPI description says
	@deploy/dev/api-fuzz
