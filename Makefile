# `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TAKEHOME := target/debug/takehome
PY := target/py-venv
PY_REQUIREMENTS := $(wildcard tests/python/requirements.txt) scripts/requirements-dev.txt
PY_TESTS := $(wildcard tests/python/test_*.py tests/python/*/test_*.py)
RUFF := $(PY)/bin/ruff
OUR_PY := $(wildcard tests challenges scripts src)
SHELL_CODE := $(wildcard scripts/*.sh images/base/*.sh deploy/*.sh) .ci/run
LOCKS := images/base/installer.in $(wildcard images/*/requirements.in)

# How long `make fuzz` runs each target, and the bounds of all it does: time, and memory in KiB.
SECONDS := 60
FUZZ := ulimit -v 4194304 && TAKEHOME_FUZZ_SECONDS=$(SECONDS) timeout $$((20 * ($(SECONDS) + 60)))

# On a CI machine a missing engine is a failure, not a reason to skip the sandbox's tests.
ifeq ($(CI),true)
export TAKEHOME_REQUIRE_ENGINE := 1
endif

# Caches below images/ would be embedded into the program.
export RUFF_CACHE_DIR := $(CURDIR)/target/ruff

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## check for, and on Debian install, what the others need
	@scripts/setup.sh

.PHONY: demo
demo: setup ## grade the example submissions and show the report
	@cargo build --locked
	@$(TAKEHOME) demo

.PHONY: test
test: setup lint ## everything a change must pass
	cargo test --locked
	@$(if $(PY_TESTS),$(PY)/bin/python -m pytest -q tests/python,echo "no Python tests yet")

.PHONY: lint
lint: $(PY)/ready ## format, clippy, ruff, types, shellcheck
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	$(RUFF) check -q images && $(RUFF) format -q --check images
	$(RUFF) check -q $(OUR_PY)
	$(RUFF) format -q --check $(OUR_PY)
	cd images && ../$(PY)/bin/mypy --cache-dir ../target/mypy -p takehome_wire -p takehome_agent -p takehome_pytest -p takehome_mutate
	@if command -v shellcheck >/dev/null; then shellcheck $(SHELL_CODE); fi

.PHONY: fuzz fuzz-rust fuzz-python
fuzz: $(PY)/ready ## every fuzz target, two at a time, for SECONDS=60 each
	@cargo test --locked --test fuzz --no-run
	@$(MAKE) --keep-going --jobs=2 fuzz-rust fuzz-python

fuzz-rust:
	@$(FUZZ) cargo test --locked --test fuzz -- --test-threads=1 --nocapture

fuzz-python:
	@$(FUZZ) $(PY)/bin/python -m pytest -q -s tests/python/test_fuzz*.py

.PHONY: verify
verify: setup ## prove that every challenge's suite separates right from wrong: about 80 minutes, nothing else running
	@cargo build --locked
	@$(TAKEHOME) challenge verify --all --repeat 20 --load --mutants

.PHONY: hostile
hostile: setup ## let every hostile sample loose, three times, and see that none gains: about an hour
	@cargo build --locked
	@python3 scripts/hostile.py --repeat 3

.PHONY: kills
kills: setup ## kill a batch of 50 gradings at random moments until it is done, and compare with an undisturbed run
	@cargo build --locked
	@python3 scripts/kills.py

.PHONY: uploads
uploads: setup ## let 200 candidates upload at the same moment, then again with the server killed in the middle
	@cargo build --locked
	@python3 scripts/uploads.py
	@python3 scripts/uploads.py --kill
	@python3 scripts/uploads.py --kill --grade --count 40

.PHONY: round
round: setup ## grade 200 samples of the five challenges in one command, killed three times, and compare: about half an hour
	@cargo build --locked
	@python3 scripts/round.py

.PHONY: bench
bench: setup ## time grading beside plain pytest and docker run (SUITE=target: one; PROFILE=1: step by step; WRITE=1: into docs/speed.md)
	@cargo build --locked --release
	@python3 scripts/bench.py $(addprefix --suite ,$(SUITE)) $(if $(PROFILE),--profile) $(if $(WRITE),--write)
	@$(if $(SUITE)$(PROFILE),,$(MAKE) bench-timing)

.PHONY: bench-timing
bench-timing: setup ## time identical code by `takehome time` and by hyperfine, side by side (WRITE=1: into docs/timing.md)
	@command -v hyperfine >/dev/null || { printf 'error: hyperfine is missing\n\nhint: apt-get install hyperfine\n' >&2; exit 1; }
	@cargo build --locked --release
	@python3 scripts/timing_bench.py $(if $(WRITE),--write)

.PHONY: check-timing
check-timing: setup ## `takehome time --self-check` in full, idle and busy: about three quarters of an hour (WRITE=1: into docs/timing.md)
	@cargo build --locked --release
	@python3 scripts/self_check.py $(if $(WRITE),--write)

.PHONY: tour
tour: setup ## the whole life of a take-home in a real browser, from an empty home; pictures of every page in target/tour
	@command -v chromium >/dev/null || { printf 'error: chromium is missing\n\nhint: apt-get install chromium\n' >&2; exit 1; }
	@cargo build --locked
	@python3 -m venv target/tour-venv && target/tour-venv/bin/pip install -q playwright axe-playwright-python
	@target/tour-venv/bin/python scripts/tour.py target/tour

.PHONY: check-growth
check-growth: setup ## tell laws of growth, and of memory, apart ten times: about half an hour (WRITE=1: into docs/timing.md)
	@cargo build --locked --release
	@python3 scripts/growth.py $(if $(WRITE),--write)

.PHONY: bench-scale
bench-scale: ## memory over 10,000 gradings, and answers of a store with 100,000 (WRITE=1: into docs/speed.md; JSON=FILE)
	@cargo run --locked --release --quiet --example bench_scale -- $(if $(WRITE),--write) $(if $(JSON),--json $(JSON))

.PHONY: audit
audit: ## ask the advisory databases about every dependency (needs a network and cargo-deny)
	@command -v cargo-deny >/dev/null || { printf 'error: cargo-deny is not installed\n\nhint: cargo install --locked cargo-deny\n' >&2; exit 1; }
	cargo deny --locked check
	@python3 -m venv target/audit-venv && target/audit-venv/bin/pip install -q pip-audit
	@for lock in $(wildcard images/*/requirements.lock images/base/installer.lock); do \
		echo "pip-audit $$lock"; target/audit-venv/bin/pip-audit --disable-pip --no-deps -r $$lock; done

.PHONY: locks
locks: ## pin the images' libraries again (UPGRADE=1: their newest versions)
	@python3 -m venv target/locks-venv
	@target/locks-venv/bin/pip install -q -r scripts/requirements-locks.txt
	@PATH="$$PWD/target/locks-venv/bin:$$PATH" python scripts/lock.py $(if $(UPGRADE),--upgrade) $(LOCKS)

$(PY)/ready: $(PY_REQUIREMENTS)
	@rm -rf $(PY)
	@python3 -m venv $(PY)
	@$(PY)/bin/pip install -q --disable-pip-version-check $(addprefix -r ,$(PY_REQUIREMENTS))
	@touch $@
