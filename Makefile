# Every target sets up what it needs: Debian with Python 3.11 or later, gcc and make is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Of three on two cores one waits for a disk or a process that it began most of the time.
WORKERS ?= 3

# What is compiled once need not be compiled by every worker of the tests, whatever the caller's shell prefers.
unexport PYTHONDONTWRITEBYTECODE

# Two thirds of what is installed, of which the tests and commands import little: not compiled before it is.
SELDOM_IMPORTED := site-packages/(pandas|pip|setuptools|mypyc?|mypy_extensions|pygments/(lexers|styles))/|site-packages/.*/tests?/

# Pip is at work on one core, and waits for the network: so what is pinned is installed in three parts at once,
# into an environment that is new where the pins are: one part must not replace what another one looks at (as it would
# the setuptools that some Pythons bring). What compiling kernels imports comes first, and the rest while they compile;
# a file that is a copy of the pins says that it is whole, and what is not is begun anew.
INSTALL_PINNED := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes
PINNED_PARTS := 1 2 3
FOR_KERNELS := anyascii|cffi|coverage|cryptography|iso4217|llvmlite|lxml|numba|numpy|pandas|pyarrow|pycparser|python-dateutil|pytz|rapidfuzz|six
install_parts = printf '%s\n' $(PINNED_PARTS) | xargs -P $(words $(PINNED_PARTS)) -I {} $(INSTALL_PINNED) -r $(VENV)/pinned-$(1)-{}

ENVIRONMENT := $(VENV)/.environment
READY := $(VENV)/.ready
KERNELS := $(VENV)/.kernels
KERNEL_SOURCES := $(wildcard src/setfair/kernel.py src/setfair/engine/*.py src/setfair/engine/*/*.py src/setfair/domain/*.py \
    src/setfair/formats/kernels.py src/setfair/journal/*_lanes.py src/setfair/journal/*_fours.py src/setfair/screening/*kernel*.py src/setfair/store/*_kernel.py)
UNCOMPILED_TESTS := tests/unit/engine tests/tables tests/properties tests/formats/test_kernels.py \
    tests/unit/store/test_row_file.py
# What `make check` runs.
CHECK_TESTS := tests/style $(filter-out %/test_readme.py, $(wildcard tests/docs/test_*.py))

.DEFAULT_GOAL := help
.PHONY: help setup ready demo test bench bench-screening torture check clean clean-kernels lock

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: ready ## Play a business day of a four-country house; ends with the path of its report
	$(BIN)/python examples/run_day.py --folder demo

# A file stays with one worker, so that what its tests share (a demo that was played) is made once; those that
# take long come first (tests/conftest.py).
test: ready ## Run the tests: the engine uncompiled for coverage, then everything as it ships
	@rm -f .coverage .coverage.*
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n $(WORKERS) -W "ignore::RuntimeWarning" \
	    --cov --cov-report= $(wildcard $(UNCOMPILED_TESTS)) \
	    --ignore tests/properties/test_offset_is_best.py --ignore tests/properties/test_setoff_is_ortools.py
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(addprefix --ignore ,$(CHECK_TESTS)) \
	    --cov --cov-append --cov-report=term --cov-fail-under=90

bench: ready ## Measure: prints a table and writes JSON
	$(BIN)/python -m benchmarks

bench-screening: ready ## Measure screening alone: recall, false positives, speed
	$(BIN)/python -m benchmarks --only screening

torture: ready ## Ten minutes of faults, from a seed that is printed: ARGS="--runs 1 --seed N" to run one again
	$(BIN)/python -m tests.torture $(ARGS)

check: ready ## Style, types, imports, documentation
	$(BIN)/ruff check src tests examples benchmarks docs
	$(BIN)/ruff format --check src tests examples benchmarks docs
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n $(WORKERS) tests/docs tests/style --deselect tests/docs/test_readme.py::test_the_tour_runs

setup: $(READY) ## Make .venv with the pinned dependencies, and install the package in it

# All that a command needs.
ready:
	@$(MAKE) --silent --jobs 2 $(READY) $(KERNELS)

$(ENVIRONMENT): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Python 3.11 or later is needed; $(PYTHON) is not there or older: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "Python's venv is missing. As root: apt-get install python3-venv" >&2; exit 1; }
	@echo "installing what is pinned, and compiling kernels"
	@cmp -s requirements.lock $@ || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV) && \
	    cd $(VENV)/lib/python3*/site-packages && rm -rf setuptools* pkg_resources *distutils*; }
	@awk '/^[^ ]/ {turn = /^($(FOR_KERNELS))[[=]/ ? "first" : "then"; part = number[turn]++ % $(words $(PINNED_PARTS)) + 1} \
	    {print > "$(VENV)/pinned-" turn "-" part}' requirements.lock
	@$(call install_parts,first)
	@cp requirements.lock $@

$(READY): $(ENVIRONMENT) pyproject.toml
	@cmp -s requirements.lock $(VENV)/requirements.lock || $(call install_parts,then) --ignore-installed
	@cp requirements.lock $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@$(BIN)/python -m compileall -q -j 2 -x '$(SELDOM_IMPORTED)' $(VENV)/lib src examples tests benchmarks || true  # some packages hold files for other Pythons
	@touch $@

# Numba looks only at a kernel's own file: when another one that it calls was edited, the caches must go.
# Compiling takes a while, and what is made side by side would be compiled twice: so it is done once, first.
$(KERNELS): $(ENVIRONMENT) $(KERNEL_SOURCES)
	@find src -name '*.nb[ic]' -delete
	@PYTHONPATH=$(CURDIR)/src $(BIN)/python -m setfair.prepare
	@touch $@

clean-kernels: ## Delete compiled kernels
	find src -name '*.nb[ic]' -delete
	rm -f $(KERNELS)

clean: clean-kernels ## Delete everything that was made, .venv and the demo house too
	rm -rf $(VENV) demo build src/*.egg-info .coverage .coverage.* .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests examples benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## Pin the newest versions anew (needs uv)
	echo 'setuptools>=77' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	    --no-strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	    --group dev --output-file requirements.lock pyproject.toml -
