# The ways in: `make demo` and `make test` do all the set-up themselves. Everything lives in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
# On Linux the usual wheel of torch brings gigabytes of CUDA. PyTorch keeps an index of builds without it: name it here
# (`make install TORCH_INDEX=…`, see "Get started" on PyTorch's site) and only this one step uses it.
TORCH_INDEX ?=
# Tests start hundreds of programs of ours; without bytecode each of them compiles all four packages anew.
export PYTHONDONTWRITEBYTECODE :=
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench soak serve clean

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

install: $(STAMP) ## make .venv and install everything into it

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet -c constraints.txt $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch
	$(PIP) install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

demo: install ## run the whole weekly cycle on the bundled sample, offline
	$(BIN)/duiding demo --out demo

# Three at a time, since many tests wait for a server. A file stays in one process: its tests share what they start.
test: install ## run all tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: install ## lint, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What it is measured beside: with numba and pandas, so nothing else needs it.
$(VENV)/.bench: $(STAMP)
	$(PIP) install --quiet -c constraints.txt -e '.[bench]'
	@touch $@

bench: install $(VENV)/.bench ## measure speed, memory and quality, as tables
	$(BIN)/python -m tests.bench

KILLS ?= 20
WEEKS ?= 2
# The kills are drawn anew each time, unless a SEED says which.
SEED ?=
soak: install ## play WEEKS through `duiding up` while programs are killed (KILLS), and say what was lost
	nice $(BIN)/python -m tests.soak --kills $(KILLS) --weeks $(WEEKS) $(if $(SEED),--seed $(SEED))

serve: install ## serve the pages of the demo
	$(BIN)/duiding --home demo web

clean: ## remove what was made here
	rm -rf $(VENV) demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
