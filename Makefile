# Two commands: `make run` sets everything up and runs the main job, `make test` sets everything up and passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check golden bench calibrate equal-budget docs clean

run: $(READY)
	$(BIN)/eipsim run baseline --out results/baseline --force

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests
	$(BIN)/python -m pytest --nbmake notebooks

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
	$(PYTHON) -c "import sys; sys.exit('eipsim needs Python 3.11 or newer, this is ' + sys.version.split()[0]) if sys.version_info < (3, 11) else None"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) results
