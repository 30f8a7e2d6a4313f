# The commands of the project. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALLED := $(VENV)/.installed
DEMO_INSTALLED := $(VENV)/.installed-demo
JOBS ?= 2
LIVE_JOBS ?= 2
LIVE = VERITYPE_LIVE_SEED=$(or $(VERITYPE_LIVE_SEED),1) $(BIN)/python -m pytest

# Runs a command with what the machine has left: nobody who keeps time waits for it.
BEHIND = $(shell chrt --idle 0 true 2>/dev/null && echo chrt --idle 0 || echo nice -n 19)

export OMP_NUM_THREADS := 1

.PHONY: help demo setup test unit displayed live fuzz lint types contracts texts lowest package try-package try-operating wheel lock evaluate train samples bench bench-agent bench-server bench-api bench-console soak clean system

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@deploy/make-venv $(PYTHON) $(VENV)

$(DEMO_INSTALLED): requirements/demo.txt setup.cfg | $(BIN)/python
	@echo "Installing (about a minute) ..."
	@$(PIP) install --no-deps -r requirements/demo.txt
	@$(PIP) install --no-deps --no-build-isolation -e . 2>$(VENV)/install.log || { cat $(VENV)/install.log >&2; exit 1; }
	@touch $@

$(INSTALLED): requirements/constraints.txt setup.cfg client/pyproject.toml | $(BIN)/python
	@echo "Installing the project and its test tools ..."
	@$(PIP) install -c requirements/constraints.txt -e '.[dev]' -e ./client 2>$(VENV)/install.log || { cat $(VENV)/install.log >&2; exit 1; }
	@# All that the demo needs is among it.
	@touch $@ $(DEMO_INSTALLED)

demo: $(DEMO_INSTALLED) ## server, sample sessions, scores and a queue to work (ONCE=1: end by itself)
	@$(BIN)/python -m samples.demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

system:
	@tests/system-packages

setup: system $(INSTALLED) ## install what the tests need

test: setup ## set everything up and run every test
	@# Those of displays and browsers wait more than they work and keep time; the others take the
	@# processors that are left. What each command says is printed when it ends.
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=line displayed unit FIRST="$(BEHIND)"

displayed: system $(INSTALLED) ## the tests on a display or in a browser, each once
	@# Each has a display, buses, ports and folders of its own.
	@$(LIVE) -m "(live or browser) and not alone" -n $(LIVE_JOBS) --dist loadfile --durations=10
	@# These keep time in seconds or less: one after another.
	@$(LIVE) -m "(live or browser) and alone" --durations=10

unit: $(INSTALLED) ## the tests that need neither display nor browser
	@# In the order of the folders: the longest files have one or two tests, and would come last.
	@$(FIRST) $(BIN)/python -m pytest -m "not live and not browser" -n $(JOBS) --dist loadfile \
	  --no-loadscope-reorder --durations=10

live: system $(INSTALLED) ## the tests on a real X display, REPEAT=10 times in a row
	@for round in $$(seq $(or $(REPEAT),1)); do \
	  echo "round $$round"; VERITYPE_LIVE_SEED=$$round $(BIN)/python -m pytest tests/live || exit 1; done

fuzz: $(INSTALLED) ## every route of the server with many generated requests: EXAMPLES=1000
	@VERITYPE_FUZZ_EXAMPLES=$(or $(EXAMPLES),1000) $(BIN)/python -m pytest tests/server/test_every_route.py --timeout=0

lint: $(INSTALLED) ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy, strict, tests included
	@$(BIN)/mypy wire agent detector server client tests samples bench deploy

contracts: $(INSTALLED) ## who may import whom
	@$(BIN)/lint-imports
	@cd client && ../$(BIN)/lint-imports

texts: $(INSTALLED) ## collect the console's texts into the catalogues of all languages
	@$(BIN)/python -m server.language.extraction

lowest: ## the unit tests with the lowest dependencies that setup.cfg allows
	@requirements/test-lowest

package: $(INSTALLED) ## freeze the agent and make a Debian package of it, in dist/
	@$(BIN)/python -m deploy.agent.package

try-package: system $(INSTALLED) ## build the package, install it in a scratch folder, work with it, remove it
	@tests/package/try-package

try-operating: $(INSTALLED) ## follow docs/operating.md block by block on scratch folders, with a real PostgreSQL
	@$(BIN)/python -m pytest tests/operating/try_operating.py

wheel: $(INSTALLED) ## build the wheel and try it in a clean environment with [agent] alone
	@tests/wheel/try-wheel

lock: $(INSTALLED) ## resolve the newest dependencies into requirements/
	@$(BIN)/python requirements/lock.py

train: $(INSTALLED) ## train the shipped model: CORPUS=folder
	@$(BIN)/python -m detector train --corpus $(CORPUS) --out detector/models

evaluate: $(INSTALLED) ## the detector's figures, into docs/evaluation.md, and a row of its log: CORPUS=folder
	@rm -f docs/evaluation/*.png
	@$(BIN)/python -m detector evaluate --corpus $(CORPUS) --out docs --log docs/evaluation-log.md

samples: $(INSTALLED) ## generate the sample sessions again
	@$(BIN)/python -m samples.generate

bench: $(INSTALLED) ## speed, as ratios against named peers in the same run
	@$(BIN)/python -m bench.codec
	@$(BIN)/python -m bench.detector_alignment
	@$(BIN)/python -m bench.detector
	@$(BIN)/python -m bench.compaction
	@$(BIN)/python -m bench.scoring

bench-agent: system $(INSTALLED) ## the agent's budgets on a real display: MINUTES=10 [JSON=1]
	@$(BIN)/python -m bench.agent --minutes $(or $(MINUTES),10) $(if $(JSON),--json)

bench-server: $(INSTALLED) ## the server's budgets beside two peers: AGENTS=100000 SECONDS=60 [STORAGE=postgresql] [JSON=1] [PROFILE=FILE.svg]
	@$(BIN)/python -m bench.server --storage $(or $(STORAGE),sqlite) --seconds $(or $(SECONDS),60) \
	  $(if $(AGENTS),--agents $(AGENTS)) $(if $(JSON),--json) $(if $(PROFILE),--profile $(PROFILE))

bench-api: $(INSTALLED) ## the platform API's budgets with a million sessions stored: [STORAGE=postgresql] [SESSIONS=1000000]
	@failed=0; for part in "api --storage $(or $(STORAGE),sqlite) $(if $(SESSIONS),--sessions $(SESSIONS))" \
	  api.submission api.hours api.webhooks; do $(BIN)/python -m bench.$$part || failed=1; done; exit $$failed

bench-console: system $(INSTALLED) ## the console's budgets: pages with a million sessions stored, and a day of eight hours in headless Chromium
	@failed=0; for part in pages browser; do $(BIN)/python -m bench.console.$$part || failed=1; done; exit $$failed

soak: system $(INSTALLED) ## the faults for long: KILLS=500 DAYS=7 [HOURS=1 of fast typing]
	@$(BIN)/python -m tests.faults.soak --kills $(or $(KILLS),500) --days $(or $(DAYS),7) --hours $(or $(HOURS),0)

clean: ## remove what make made
	rm -rf $(VENV) build dist .build demo-data *.egg-info
