# What a newcomer needs: `make demo` shows ictal at work, `make test` proves it. Everything lands in .venv* folders here.

PYTHON ?= python3
DATA := $(wildcard ../shared/data)
ifneq ($(DATA),)
export ICTAL_TEST_DATA ?= $(abspath $(DATA))
endif

LIGHT := .venv-light/bin
DEV := .venv/bin
STAMP := installed

.PHONY: help demo review test test-all check format bench recipes clean

help:
	@echo "make demo      simulate a recording, find its seizures, write a report (light install)"
	@echo "make review    simulate a night and review it in the browser"
	@echo "make test      the test suite, under 10 minutes"
	@echo "make test-all  the slow tests too"
	@echo "make check     style, types, architecture"
	@echo "make format    let the formatter have its way"
	@echo "make bench     measure speed and memory on this machine"
	@echo "make recipes   every family of recipes, simulated, trained and run, made small"

# The light tier is what a clinic installs; the demo proves that it is enough.
.venv-light/$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-light
	$(LIGHT)/python -m pip install --quiet --upgrade pip
	$(LIGHT)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(DEV)/python -m pip install --quiet --upgrade pip
	$(DEV)/python -m pip install --quiet --constraint constraints.txt torch
	$(DEV)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: .venv-light/$(STAMP)
	$(LIGHT)/ictal demo --output ictal-demo

review: .venv-light/$(STAMP)
	$(LIGHT)/python -m pip install --quiet --constraint constraints.txt --editable ".[review]"
	$(LIGHT)/ictal demo --review --output ictal-demo-night

# Two tests side by side have a core each; more threads would wait for each other.
test test-all: export OMP_NUM_THREADS = 1

test: .venv/$(STAMP)
	$(DEV)/python -m pytest -m "not slow" --numprocesses 2 --dist loadfile

test-all: .venv/$(STAMP)
	$(DEV)/python -m pytest --numprocesses 2 --dist loadfile

check: .venv/$(STAMP)
	$(DEV)/ruff format --check
	$(DEV)/ruff check
	$(DEV)/mypy
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund && npm run --silent check; \
	else echo "npm is not installed: the types of the review page are not checked"; fi

format: .venv/$(STAMP)
	$(DEV)/ruff format
	$(DEV)/ruff check --fix

bench: .venv-light/$(STAMP)
	$(LIGHT)/ictal bench detect

recipes: .venv/$(STAMP)
	$(DEV)/python benchmarks/recipes.py --output ictal-recipes

clean:
	rm -rf .venv .venv-light .mypy_cache .pytest_cache .ruff_cache .hypothesis ictal-demo ictal-demo-night ictal-recipes ictal-review node_modules
