# Two commands matter: `make book` and `make test`. Each sets up what it needs.
# Seconds are for 2 cores and an installed environment; CONTRIBUTING.md says on which machine.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
NOTEBOOKS := $(wildcard chapters/*.ipynb)
BOOK := book

.PHONY: help book test quick lint unit regression starters browser engines launch serve explorer
.PHONY: notebooks links release studies bench bench-page lock mutate test-mutants test-launch test-lowest linkcheck translations clean
.DEFAULT_GOAL := help

help: ## explain every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

book: $(INSTALLED) ## execute what has changed and write the site to _build/html (15 s; cold 6 to 20 min)
	@$(BIN)/python -m book.build

test: $(INSTALLED) ## run every check; at its end the seconds of each part
	@$(BIN)/python -m book.parts lint unit book regression starters browser engines launch

quick: $(INSTALLED) ## style first, then the unit tests that train nothing (45 s)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/pytest tests/unit --numprocesses 2 --dist worksteal -m "not slow"

lint: $(INSTALLED) ## style (ruff), types of the JavaScript (tsc), links, workflows (15 s)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m book.address.links --check
	$(BIN)/python -m book.typecheck
	$(BIN)/python -m book.workflows

unit: $(INSTALLED) ## unit tests of aelib and of the package book (5 min)
	$(BIN)/pytest tests/unit --numprocesses 2 --dist loadfile

regression: $(INSTALLED) $(BOOK) ## compare what the book executed with the stored notebooks (1 min)
	$(BIN)/pytest tests/notebooks/test_twins.py tests/notebooks/test_edition.py
	$(BIN)/pytest --nbval --nbval-from-build --junit-xml _build/reports/nbval.xml $(NOTEBOOKS)

starters: $(INSTALLED) $(BOOK) ## run each starter once as it stands and once solved (1 min)
	$(BIN)/pytest tests/notebooks/test_starters.py --numprocesses 2

browser: $(BOOK) .venv/chromium ## check the built site in Chromium (7 min)
	$(BIN)/pytest tests/browser --numprocesses 2 --dist loadscope

engines: $(BOOK) .venv/engines ## the same pages in Chromium, Firefox and WebKit (3 min)
	$(BIN)/pytest tests/engines --numprocesses 2 --dist loadscope

launch: $(BOOK) .venv/chromium ## open the shortest notebook as Colab and Binder do, check links and wheel (3 min)
	OMP_NUM_THREADS=1 $(BIN)/pytest tests/launch --numprocesses 2 --dist loadfile

test-launch: $(BOOK) .venv/chromium ## the same for every notebook (23 min)
	AELIB_EVERY_NOTEBOOK=1 $(BIN)/pytest tests/launch

serve: $(BOOK) ## build the site and serve it on this machine
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

explorer: $(BOOK) ## serve the explorers; a page loads again when their JavaScript changes (1 s)
	@$(BIN)/python -m book.widgets.serve

notebooks: $(BOOK) ## write each page's executed twin and starter, and the card from a twin's figure (1 min)
	$(BIN)/python -m book.notebooks
	$(BIN)/python -m book.sharing.card

links: $(INSTALLED) ## write the links that follow from the address in _config.yml
	$(BIN)/python -m book.address.links

release: $(BOOK) ## write the site as a zip, and the wheel, to _build/release
	$(BIN)/python -m book.release

translations: $(INSTALLED) ## bring the catalogs in locales/ up to the Chinese pages, say what is left (3 s)
	@$(BIN)/python -m book.translation

linkcheck: $(INSTALLED) ## ask every link of the pages whether it is alive (network)
	$(BIN)/jupyter-book build . --builder custom --custom-builder linkcheck

lock: $(INSTALLED) ## write requirements.txt from requirements.in, all versions locked (1 min)
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --output-file requirements.txt requirements.in
	@sed -i.bak 's/^\(torch==[^+]*\)+.*/\1/' requirements.txt && rm requirements.txt.bak # the CPU build's own name

studies: $(INSTALLED) ## run what is missing of the studies over seeds, write their tables (cold 6 hours)
	$(BIN)/python -m studies

bench: $(INSTALLED) ## time the training against straightforward scripts (5 min)
	$(BIN)/python benchmarks/training.py

bench-page: $(BOOK) .venv/chromium ## measure the built site: training against torch, pages on a slow phone (6 min)
	PYTHONPATH=tests/support $(BIN)/python benchmarks/page.py

test-mutants: $(INSTALLED) ## prove that deliberate faults turn the regression red (10 min)
	AELIB_UNATTENDED=1 $(BIN)/pytest tests/notebooks/test_mutants.py --numprocesses 2

mutate: $(INSTALLED) ## plant faults in FILE=…, [SAMPLE=200] of them; its unit tests must see 95 % (2 s a fault)
	$(BIN)/python -m book.mutation $(FILE) $(SAMPLE)

test-lowest: $(INSTALLED) ## run aelib and one notebook with the lowest versions it declares (6 min)
	$(BIN)/python -m book.lowest

clean: ## remove everything that was built, but not the environment
	rm -rf _build .pytest_cache .ruff_cache .hypothesis

$(INSTALLED): requirements.txt pyproject.toml book/pyproject.toml
	$(PYTHON) book/check_python.py
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-compile --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --editable . --editable book
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true # on all cores; one file is of a newer Python
	@touch $@

.venv/chromium: $(INSTALLED)
	$(BIN)/python -m book.browsers chromium
	@touch $@

.venv/engines: $(INSTALLED)
	$(BIN)/python -m book.browsers
	@touch $@
