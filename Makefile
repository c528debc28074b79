# Every command of the project. `make` lists them; a fresh machine needs nothing else.
#
#   make demo PORT=9000     variables are handed on to what is run
#   make test PYTEST_ARGS="-k outbox -x"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
BUNDLE := .demo/bundle
FRAMEWORKS := .demo/frameworks
FRAMEWORKS_DEVELOPMENT := .demo/frameworks-development
SITE := .demo/site
AXE := tests/pages/node/node_modules/.package-lock.json
PYTEST_ARGS ?=
# The processes that share the tests. One more than cores is quicker, and loads a small machine so much
# that rows about time can't tell the product's lateness from the machine's.
CORES := $(shell getconf _NPROCESSORS_ONLN)
WORKERS ?= $(CORES)
# Modules are compiled once, and not by each of the many processes that the tests start.
export PYTHONDONTWRITEBYTECODE :=
BENCH_ARGS ?=
LOAD_ARGS ?=

# ── Commands ────────────────────────────────────────────────────────────────────────────────────

.PHONY: help
help:  ## List the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 22

.PHONY: demo
demo: .venv/demo.stamp $(BUNDLE)/manifest.json  ## Run the demo (PORT=8000 unless told otherwise)
	@exec $(PYTHON) -m demo.server

.PHONY: demo-frameworks
demo-frameworks: .venv/demo.stamp $(BUNDLE)/manifest.json $(FRAMEWORKS)/react.html  ## Run it with the pages of React, Vue, Svelte and Solid
	@echo "Beside its lessons: /frameworks/react.html"
	@exec $(PYTHON) -m demo.server

.PHONY: test
test: check docs $(BUNDLE)/manifest.json $(FRAMEWORKS)/react.html $(FRAMEWORKS_DEVELOPMENT)/react.html $(AXE)  ## Run everything that CI runs
	@tools/ensure-engines || echo "The tests in what is missing are skipped." >&2
	@tools/ensure-postgres || echo "The tests on it are skipped." >&2
	@chromium="$$(tools/find-chromium)" && CHROMIUM="$$chromium" $(PYTHON) -m pytest -n $(WORKERS) $(PYTEST_ARGS)

.PHONY: test-quick
test-quick: docs $(BUNDLE)/manifest.json  ## Run the tests that need no browser
	$(PYTHON) -m pytest -n $(CORES) -m "not browser and not faults and not soak" $(PYTEST_ARGS)

.PHONY: engines
engines: .venv/dev.stamp $(BUNDLE)/manifest.json  ## Run the core tests in Firefox and WebKit
	@tools/ensure-engines
	ENGINES=required $(PYTHON) -m pytest -m engines tests/engines $(PYTEST_ARGS)

.PHONY: faults
faults: .venv/dev.stamp $(BUNDLE)/manifest.json  ## Measure the fault matrix; the table comes at the end
	@chromium="$$(tools/find-chromium)" && \
		CHROMIUM="$$chromium" $(PYTHON) -m pytest -m faults tests/faults $(PYTEST_ARGS)

.PHONY: soak
soak: .venv/dev.stamp $(BUNDLE)/manifest.json  ## Try 10,000 histories of each kind, and Chromium for SOAK_MINUTES=5
	HYPOTHESIS_PROFILE=soak SOAK_SESSIONS=10000 \
		$(PYTHON) -m pytest --timeout=0 tests/property tests/soak $(PYTEST_ARGS)
	@chromium="$$(tools/find-chromium)" && \
		CHROMIUM="$$chromium" $(PYTHON) -m pytest -s -m soak tests/soak $(PYTEST_ARGS)

.PHONY: screenshots
screenshots: .venv/dev.stamp $(BUNDLE)/manifest.json $(FRAMEWORKS)/react.html $(AXE)  ## Take the pictures of all pages anew
	@chromium="$$(tools/find-chromium)" && \
		CHROMIUM="$$chromium" SCREENSHOTS=renew $(PYTHON) -m pytest tests/pages $(PYTEST_ARGS)

.PHONY: bench
bench: .venv/dev.stamp $(BUNDLE)/manifest.json  ## Measure speed, size and accuracy; writes docs/benchmarks.md
	@chromium="$$(tools/find-chromium)" && \
		CHROMIUM="$$chromium" $(PYTHON) -m bench --bundle $(BUNDLE) $(BENCH_ARGS)

.PHONY: load
load: .venv/dev.stamp  ## 500 learners for a minute on each database: how fast, and what arrives
	@tools/ensure-postgres || echo "It goes on without." >&2
	$(PYTHON) -m bench.load $(LOAD_ARGS)

.PHONY: check
check: .venv/dev.stamp  ## Lint, check the format and the types
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy

.PHONY: format
format: .venv/dev.stamp  ## Put the code in the project's format
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

.PHONY: bundle
bundle: $(BUNDLE)/manifest.json  ## Build the runtime bundle in .demo/bundle, if it is stale

.PHONY: docs
docs: $(SITE)/index.html  ## Build the site of the documents in .demo/site, if it is stale

.PHONY: build
build: .venv/dev.stamp  ## Build the distributions in dist/, and check them
	rm -rf dist
	$(PYTHON) -m build --no-isolation
	$(PYTHON) -m twine check --strict dist/*

.PHONY: api
api: .venv/dev.stamp  ## Write down the public API anew, when a change of it is meant
	$(PYTHON) -m tests.support.public_api
	@git --no-pager diff --stat tests/unit/public_api.txt

.PHONY: lock
lock: .venv/dev.stamp  ## Pin anew what pyproject.toml asks for (LOCK_ARGS=--upgrade: the newest)
	tools/lock $(LOCK_ARGS)

.PHONY: clean
clean:  ## Remove what was built
	rm -rf .demo dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean  ## Remove the set-up and the downloads, too
	rm -rf .venv .cache

# ── Set-up: each of these is made once, and again when what it was made from has changed ────────

$(PYTHON):
	@echo "Making .venv"
	@python="$$(tools/find-python)" && "$$python" -m venv --clear .venv

# The project itself goes in editable, by the build backend that was just installed.
define install
	@echo "Installing $<"
	@tools/install $<
	@$(PYTHON) -m pip install -qq --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@
endef

.venv/demo.stamp: requirements/demo.txt pyproject.toml | $(PYTHON)
	$(install)

.venv/dev.stamp: requirements/dev.txt .venv/demo.stamp
	$(install)

.venv/docs.stamp: requirements/docs.txt .venv/dev.stamp
	$(install)

# The bundle is stale when the package or its pins have changed. Folders count, too: that is how a
# file that was removed is noticed.
PACKAGE := $(shell find timeback_web -not -path '*/__pycache__*')

$(BUNDLE)/manifest.json: $(PACKAGE) pyproject.toml | .venv/demo.stamp
	@tools/ensure-npm
	@$(PYTHON) -m timeback_web bundle $(BUNDLE) --cache .cache/bundle

# The site has the reference of the package, too.
DOCUMENTS := $(shell find $(CURDIR)/docs tools/docs_site -not -path '*/__pycache__*') $(wildcard *.md)

$(SITE)/index.html: $(DOCUMENTS) $(PACKAGE) .venv/docs.stamp
	@tools/ensure-npm
	@$(PYTHON) -m tools.docs_site $(SITE) --cache .cache/site
	@touch $@

# The frameworks are there for these pages and their tests only, pinned by the lock file beside them.
MODULES := demo/frameworks/node_modules/.package-lock.json
PAGES := $(shell find demo/frameworks timeback_web/js -type f -not -path '*/node_modules/*')
NPM := PATH="$$PATH:$(CURDIR)/.venv/bin" npm --prefix demo/frameworks

$(MODULES): demo/frameworks/package-lock.json | .venv/demo.stamp
	@tools/ensure-npm
	@echo "Installing the frameworks"
	@$(NPM) ci --silent
	@touch $@

$(FRAMEWORKS)/react.html: $(MODULES) $(PAGES)
	@$(NPM) run --silent build -- --logLevel warn

# Only the development builds find fault with a component, by React's strict mode, say.
$(FRAMEWORKS_DEVELOPMENT)/react.html: $(MODULES) $(PAGES)
	@NODE_ENV=development $(NPM) run --silent build -- --logLevel warn \
		--mode development --outDir $(CURDIR)/$(FRAMEWORKS_DEVELOPMENT)

# What looks for barriers in the pages, pinned likewise.
$(AXE): tests/pages/node/package-lock.json | .venv/demo.stamp
	@tools/ensure-npm
	@PATH="$$PATH:$(CURDIR)/.venv/bin" npm --prefix tests/pages/node ci --silent
	@touch $@
