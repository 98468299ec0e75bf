# One door. Needs Python 3.11 or later with venv and pip, make and git; nothing else.
#   make run    environment, database, demo company, server and worker
#   make quick  every check and the tests that do not take long, before every commit
#   make test   every check, and the whole suite on SQLite and, where a server answers, beside it on PostgreSQL

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
PARALLEL ?= 2
APPS ?=
CATALOGUES := $(wildcard src/stammkunde/*/locale/*/LC_MESSAGES/*.po)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# What the checks themselves need of a data directory; their database is never the installation's.
CHECK := STAMMKUNDE_DATA_DIR=.make/data DATABASE_URL=
# Processes that tests start find compiled what they load; a worker that has nothing left takes over from the other.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run quick test check lint types tests-quick tests-sqlite tests-postgres again bench messages record pin clean

help:
	@sed -n '/^# /s/^# *//p' Makefile | head -4

run: .make/run
	@$(BIN)/stammkunde demo --if-empty
	@exec $(BIN)/stammkunde serve --host $(HOST) --port $(PORT)

# Side by side: types are judged by one process, and tests wait for servers and browsers. Each tells its part at its end.
BESIDE := $(MAKE) --no-print-directory --output-sync=target --jobs
HALF := $(shell expr \( $(PARALLEL) + 1 \) / 2)

quick: .make/test .make/run
	@echo "Every check, and the quick tests on SQLite …"
	@$(BESIDE) 3 lint types tests-quick

test: .make/test .make/run
	@echo "Every check, and the whole suite on every database that there is …"
	@$(BESIDE) 3 lint types tests-sqlite tests-postgres

check: .make/test .make/run
	@$(BESIDE) 2 lint types

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(CHECK) $(BIN)/lint-imports
	$(CHECK) $(BIN)/python -m django makemigrations --check --dry-run --settings stammkunde.settings
	$(CHECK) $(BIN)/python tools/messages.py --check

types:
	$(CHECK) $(BIN)/mypy

tests-quick:
	$(CHECK) $(PYTEST) -n $(PARALLEL) --hypothesis-profile quick \
		-m "not slow and not browser and not spark and not postgres"

tests-sqlite:
	$(CHECK) $(PYTEST) -n $(PARALLEL) -m "not postgres"

# What may have a second answer there: tests/again.py.
tests-postgres:
	@if [ -n "$$STAMMKUNDE_TEST_DATABASE_URL" ]; then \
		STAMMKUNDE_DATA_DIR=.make/data-postgres DATABASE_URL="$$STAMMKUNDE_TEST_DATABASE_URL" \
			$(PYTEST) -n $(HALF) -m "not browser and not spark"; \
	else case " $$STAMMKUNDE_REQUIRE " in \
		*" postgres "*) echo "STAMMKUNDE_TEST_DATABASE_URL is not set, but PostgreSQL is required."; exit 1;; \
		*) echo "PostgreSQL was skipped: STAMMKUNDE_TEST_DATABASE_URL names no server.";; \
	esac; fi

# Asks PostgreSQL everything, and works out anew what of it need not be asked twice: tests/covering.py.
again: .make/test .make/run
	@STAMMKUNDE_DATA_DIR=.make/data-postgres DATABASE_URL="$$STAMMKUNDE_TEST_DATABASE_URL" \
		$(PYTEST) -p no:randomly -p tests.covering -m "not browser and not spark"

# Small sizes; bench/README.md has the full commands and what was measured.
bench: .make/test .make/run
	@rm -rf .make/bench
	DATABASE_URL= $(BIN)/python bench/outreach_crash.py --messages 1000 --kills 10
	DATABASE_URL= $(BIN)/python bench/outreach_send.py --messages 500
	DATABASE_URL= $(BIN)/python bench/outreach_letters.py --letters 100 --runs 1
	$(BIN)/python bench/insight_value.py --customers 50000 --runs 1
	$(BIN)/python bench/insight_kpis.py --customers 50000 --rounds 1
	STAMMKUNDE_DATA_DIR=.make/bench DATABASE_URL= $(BIN)/python bench/refresh_full.py --size 0.02
	DATABASE_URL= $(BIN)/python bench/intake_bulk.py --size 0.02 --format parquet
	DATABASE_URL= $(BIN)/python bench/pages_customers.py --customers 20000 --runs 1

messages: .make/test
	$(BIN)/python tools/messages.py $(APPS)

# What the product shows and keeps, to compare before and after a move: docs/develop/testing.md.
record: .make/test .make/run
	@$(BIN)/python tools/record.py $(or $(OUT),$(error say where to: make record OUT=/tmp/before))

# The pinned versions, made anew: the newest that pyproject.toml allows, on the oldest Python that we support.
pin:
	tools/pin.sh

clean:
	rm -rf .venv .make

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Stammkunde needs Python 3.11 or later; say which: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python lacks venv; on Debian: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.make/installed: .venv/bin/python requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing what Stammkunde needs (once) …"
	@$(PIP) install -r requirements/build.txt -r requirements/run.txt
	@$(PIP) install --no-build-isolation --no-deps --editable '.[app]'
	@mkdir -p .make && touch $@

# Compiled catalogues are not in git: they are made where their words are newer.
.make/run: .make/installed $(CATALOGUES:.po=.mo)
	@touch $@

%.mo: %.po | .make/installed
	@$(BIN)/python tools/messages.py --compile

# Spark is tested where Java is there.
.make/test: .make/installed requirements/test.txt requirements/spark.txt
	@echo "Installing what the tests need (once) …"
	@$(PIP) install -r requirements/test.txt
	@if command -v java >/dev/null; then $(PIP) install -r requirements/spark.txt; fi
	@mkdir -p .make && touch $@
