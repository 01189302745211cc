# Two commands: `make run` sets everything up and runs the main job, `make test` sets everything up and passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

OLDEST := .venv-oldest
# What catches most mistakes in the shortest time: layout, golden runs, facts, files that people write, books, certificates.
QUICK := tests/test_architecture.py tests/golden tests/docs/test_project.py tests/accounting/test_balances.py \
	$(patsubst %,tests/unit/test_%.py,columns compiled levers tables scenarios decrees expressions rationing certification)

.PHONY: run test quick coverage test-oldest check golden bench calibrate equal-budget docs clean

run: $(READY)
	$(BIN)/eipsim run baseline --out results/baseline --force

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations=10 tests
	$(BIN)/python -m pytest --nbmake notebooks

quick: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report= $(QUICK)
	@echo "The quick set reaches $$($(BIN)/coverage report --format=total) % of eipsim's lines (what is compiled counts as not reached)"

coverage: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term tests --ignore tests/reproducibility --ignore tests/statistical

test-oldest: $(OLDEST)/.ready
	$(OLDEST)/bin/python -m pytest -n 2 --dist loadgroup tests/golden tests/unit

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

golden: $(READY)
	$(BIN)/python tests/golden/refresh.py

bench: $(READY)
	$(BIN)/python benchmarks/run.py

calibrate: $(READY)
	$(BIN)/python experiments/00_calibration/calibration.py

equal-budget: $(READY)
	$(BIN)/python experiments/03_equal_budget/equal_budget.py

docs: $(READY)
	$(BIN)/python docs/build

$(READY): pyproject.toml constraints.txt
	$(call environment,$(VENV),constraints.txt)

$(OLDEST)/.ready: pyproject.toml constraints-oldest.txt
	$(call environment,$(OLDEST),constraints-oldest.txt)

# An environment in a folder, with the versions of a file.
define environment
	$(PYTHON) -c "import sys; sys.exit('eipsim needs Python 3.11 or newer, this is ' + sys.version.split()[0]) if sys.version_info < (3, 11) else None"
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check -c $(2) -e ".[dev]"
	touch $(1)/.ready
endef

clean:
	rm -rf $(VENV) $(OLDEST) results
