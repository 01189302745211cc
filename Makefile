# Two commands: `make run` sets up what it takes and runs the main job, `make test` sets everything up and passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# What users work with: the package, pages in the browser, analyses (a name, because commas part arguments of `call`).
TO_RUN := .[app,analysis]
# For tests, checks, benchmarks and documents, which need more than eipsim itself does.
READY_TO_DEVELOP := $(VENV)/.ready-to-develop

OLDEST := .venv-oldest
DIST := .venv-dist
# What catches most mistakes in the shortest time: layout, golden runs, facts, files that people write, books, certificates.
QUICK := tests/test_architecture.py tests/golden tests/docs/test_project.py tests/accounting/test_balances.py \
	$(patsubst %,tests/unit/test_%.py,columns compiled levers tables scenarios decrees expressions rationing certification)

.PHONY: run test test-long test-cluster quick coverage test-oldest check golden bench calibrate equal-budget docs site dist containers scaling lock fuzz faults numbers mutants soak clean
# The Pythons of `make numbers`: each of an environment of its own with eipsim in it.
PYTHONS ?= $(BIN)/python

run: $(READY)
	$(BIN)/eipsim run baseline --out results/baseline --force

# What is worked out by hand is few numbers of many functions: quick without compilation, whose bits are the same, and slow to compile.
test: $(READY_TO_DEVELOP)
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n 2 --dist loadgroup tests/unit/test_*_by_hand.py
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations=10 --nbmake -m "not long" --ignore-glob='*_by_hand.py' tests notebooks

# What takes long and is seldom broken.
test-long: $(READY_TO_DEVELOP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations=10 -m long tests

# Thousands of runs on a SLURM of this machine whose jobs and node are killed; `make test` has a short version where it is installed.
test-cluster: $(READY_TO_DEVELOP)
	tests/system-packages
	EIPSIM_CLUSTER=full $(BIN)/python -m pytest --durations=10 -rs tests/cluster

quick: $(READY_TO_DEVELOP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report= $(QUICK)
	@echo "The quick set reaches $$($(BIN)/coverage report --format=total) % of eipsim's lines (what is compiled counts as not reached)"

coverage: $(READY_TO_DEVELOP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term tests --ignore tests/reproducibility --ignore tests/statistical

test-oldest: $(OLDEST)/.ready
	$(OLDEST)/bin/python -m pytest -n 2 --dist loadgroup tests/golden tests/unit

# What takes long and is run for a release; the tables stand in docs/trust.md.
faults: $(READY_TO_DEVELOP)
	$(BIN)/python tests/faults/run.py --faults 320 --seconds 3600

numbers: $(READY_TO_DEVELOP)
	$(BIN)/python tests/numbers/run.py $(PYTHONS)
	$(BIN)/python tests/numbers/residuals.py --sets 1000

mutants: $(READY_TO_DEVELOP)
	$(BIN)/python tests/mutants/run.py --mutants 400

soak: $(READY_TO_DEVELOP)
	$(BIN)/python benchmarks/soak.py --runs 100000

check: $(READY_TO_DEVELOP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

# Hashes of every file of what constraints.txt pins: pip install --no-deps --require-hashes -r requirements.lock
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv-lock/bin/uv pip compile --quiet --no-deps --universal --python-version 3.11.5 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate constraints.txt -o requirements.lock

# 21,000 changed scenarios, designs, decrees, worlds, facts and command lines; `make test` has a short version.
fuzz: $(READY_TO_DEVELOP)
	$(BIN)/python -W ignore tests/fuzz

golden: $(READY_TO_DEVELOP)
	$(BIN)/python tests/golden/refresh.py

bench: $(READY_TO_DEVELOP)
	$(BIN)/python benchmarks/run.py

calibrate: $(READY_TO_DEVELOP)
	$(BIN)/python experiments/00_calibration/calibration.py

equal-budget: $(READY)
	$(BIN)/python experiments/03_equal_budget/equal_budget.py

docs: $(READY_TO_DEVELOP)
	$(BIN)/python docs/build

# The documentation as pages, from notebooks that are run for it, registries and docs/: open site/index.html.
site: $(READY_TO_DEVELOP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Open site/index.html, or put the folder on a server"

# Wheel and source archive in dist/, looked into, installed in empty environments and run; the citation.
dist: $(DIST)/.ready
	rm -rf dist
	$(DIST)/bin/python tests/handing_on.py

containers: $(READY_TO_DEVELOP)
	$(BIN)/python containers/write.py

# What workers cost, and how many of them each backend can keep busy: the figure and the tables of docs/cluster.md.
scaling: $(READY_TO_DEVELOP)
	$(BIN)/python benchmarks/scaling.py

$(READY): pyproject.toml constraints.txt
	$(call environment,$(VENV),constraints.txt,"$(TO_RUN)")
	touch $@

$(READY_TO_DEVELOP): $(READY)
	$(call install,$(VENV),constraints.txt,".[dev]")
	touch $@

$(OLDEST)/.ready: pyproject.toml constraints-oldest.txt
	$(call environment,$(OLDEST),constraints-oldest.txt,".[dev]")
	touch $@

$(DIST)/.ready: constraints-dist.txt
	$(PYTHON) -m venv $(DIST)
	$(DIST)/bin/python -m pip install --quiet --disable-pip-version-check -r constraints-dist.txt
	touch $@

# An environment in a folder, with the versions of a file, for what is to be installed.
define environment
	$(PYTHON) -c "import sys; sys.exit('eipsim needs Python 3.11 or newer, this is ' + sys.version.split()[0]) if sys.version_info < (3, 11) else None"
	$(PYTHON) -m venv $(1)
	$(call install,$(1),$(2),$(3))
endef

# pip makes byte code of one file after the other, also of the tests of its packages; this uses all cores and leaves those out.
define install
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile -c $(2) -e $(3)
	-$(1)/bin/python -m compileall -qq -j 0 -x '/tests?/' $(1)/lib
endef

clean:
	rm -rf $(VENV) $(OLDEST) $(DIST) .venv-lock dist results site build/notebooks
