# Two commands matter: `make book` and `make test`. Each sets up what it needs.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
NOTEBOOKS := $(wildcard chapters/*.ipynb)
NBVAL := PYTHONPATH=tests/support $(BIN)/pytest -p peak_memory \
	--nbval --nbval-sanitize-with tests/notebooks/sanitize.cfg --junit-xml _build/reports/nbval.xml

.PHONY: help book test lint unit regression browser launch serve notebooks links release bench
.PHONY: test-mutants test-launch linkcheck clean
.DEFAULT_GOAL := help

help: ## explain every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

book: $(INSTALLED) ## execute the notebooks and write the site to _build/html
	@$(BIN)/python -m book.build

test: lint unit book regression browser launch ## run every check

lint: $(INSTALLED) ## style and formatting (ruff), links, workflows (actionlint, zizmor)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m book.address.links --check
	$(BIN)/python -m book.workflows

unit: $(INSTALLED) ## unit tests of aelib, the Sphinx extensions and the tools
	$(BIN)/pytest tests/unit

regression: $(INSTALLED) ## execute the twins again and compare with their stored outputs
	$(BIN)/pytest tests/notebooks/test_twins.py tests/notebooks/test_starters.py \
		tests/notebooks/test_sanitize.py
	AELIB_UNATTENDED=1 $(NBVAL) $(NOTEBOOKS)

browser: book .venv/chromium ## check the built site in Chromium
	$(BIN)/pytest tests/browser

launch: book .venv/chromium ## open the shortest notebook as Colab and Binder do, check links and wheel
	$(BIN)/pytest tests/launch

test-launch: book .venv/chromium ## the same for every notebook (slow)
	AELIB_EVERY_NOTEBOOK=1 $(BIN)/pytest tests/launch

serve: book ## build the site and serve it on this machine
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

notebooks: book ## write the executed .ipynb twin of each notebook page, and the starters
	$(BIN)/python -m book.notebooks.twins
	$(BIN)/python -m book.starters.write

links: $(INSTALLED) ## write the links that follow from the address in _config.yml
	$(BIN)/python -m book.address.links

release: book ## write the site as a zip, and the wheel, to _build/release
	$(BIN)/python -m book.release

linkcheck: $(INSTALLED) ## ask every link of the pages whether it is alive (network)
	$(BIN)/jupyter-book build . --builder custom --custom-builder linkcheck

bench: $(INSTALLED) ## time the training against straightforward scripts
	$(BIN)/python benchmarks/training.py

test-mutants: $(INSTALLED) ## prove that deliberate faults turn the regression red (minutes)
	AELIB_UNATTENDED=1 $(BIN)/pytest tests/notebooks/test_mutants.py

clean: ## remove everything that was built, but not the environment
	rm -rf _build .pytest_cache .ruff_cache .hypothesis

$(INSTALLED): requirements.txt pyproject.toml book/pyproject.toml
	$(PYTHON) book/check_python.py
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --editable . --editable book
	@touch $@

.venv/chromium: $(INSTALLED)
	$(BIN)/python -m book.chromium
	@touch $@
