# The only door: each target sets up what it needs from Python and pip alone.
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
STAMP := $(VENV)/.installed

.PHONY: demo test check format bench screenshots strings corpus fuzz crash clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	$(BIN)/python -c "import pathlib; pathlib.Path('$(STAMP)').touch()"

demo: $(STAMP)
	$(BIN)/python -m examples.demo

test: $(STAMP)
	$(BIN)/python -m pytest -n auto

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	$(BIN)/python -m benchmarks

screenshots: $(STAMP)
	$(BIN)/python -m benchmarks.screenshots
	$(BIN)/python -m docs.resolve_panel
	$(BIN)/python -m docs.premiere_panel

strings: $(STAMP)
	$(BIN)/pybabel --quiet extract --keyword=tr --keyword=counted:2,3 --add-location=file --sort-output \
		--project=Pickup --output-file=ui/pickup_ui/locale/pickup.pot ui/pickup_ui

corpus: $(STAMP)
	$(BIN)/python -m benchmarks.corpus

fuzz: $(STAMP)
	$(BIN)/python -m benchmarks.fuzz

crash: $(STAMP)
	$(BIN)/python -m tests.e2e.crash.chaos --kills 500

clean:
	$(BIN)/python -c "import shutil; [shutil.rmtree(p, ignore_errors=True) for p in ('demo', 'dist', '.mypy_cache', '.ruff_cache', '.pytest_cache')]"
