# Two commands on a fresh machine: `make run` and `make test`. See README.md.
.DEFAULT_GOAL := help
SKRIVES ?= 10000
FROE ?= 2026
.PHONY: help run test lang chaos dekning mutant bench bench-django laas pakke
UV_LAAS := UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header $(OPPGRADER)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: ## install what is missing and serve the demo on http://localhost:8000 (PORT=… for another port)
	@bash verktoy/miljoe.sh run
	@KOORDINERING_MILJOE=demo exec .venv/bin/koordinering start-demo

test: ## lint, types, import contracts and every test; what CI runs
	@bash verktoy/miljoe.sh test
	@bash verktoy/test.sh

lang: ## the long versions of bounded tests
	@bash verktoy/miljoe.sh test
	@KOORDINERING_LANG=1 .venv/bin/python -m pytest -q -m "lang or begrenset" --timeout=3600 --durations=10

chaos: ## 10,000 writes while servers, databases and the power are taken away, on both databases (SKRIVES=… for another number)
	@bash verktoy/miljoe.sh test
	@KOORDINERING_LANG=1 KOORDINERING_KAOS=$(SKRIVES) KOORDINERING_KAOS_FROE=$(FROE) .venv/bin/python -m pytest -q -s --timeout=7200 --durations=0 tests/kaos

dekning: ## the tests with branch coverage; the pure rules must be covered whole
	@bash verktoy/miljoe.sh test
	@bash verktoy/dekning.sh

mutant: ## faults put into what decides who gets in and who sees what: do the tests see them? (docs/mutanter.md)
	@bash verktoy/miljoe.sh test
	@bash verktoy/mutant.sh

bench: ## time the jobs at 1,000, 100,000 and 1,000,000 referrals beside their floor; what has drifted (bench/__main__.py)
	@bash verktoy/miljoe.sh test
	@.venv/bin/python -m bench

bench-django: ## the same with an ordinary Django admin of the same tables beside it
	@bash verktoy/miljoe.sh test
	@test -x var/bench-django/bin/python || python3 -m venv var/bench-django
	@var/bench-django/bin/pip install -q -r bench/django/requirements.txt
	@BENCH_DJANGO=var/bench-django/bin/python .venv/bin/python -m bench

laas: ## pin again after a change in pyproject.toml (OPPGRADER=--upgrade for the newest of everything)
	@bash verktoy/miljoe.sh test
	@$(UV_LAAS) verktoy/bygg.in -o verktoy/bygg.txt
	@$(UV_LAAS) pyproject.toml -o requirements.txt
	@$(UV_LAAS) --extra postgresql -c requirements.txt pyproject.toml -o requirements-postgresql.txt
	@$(UV_LAAS) --extra postgresql --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	@$(UV_LAAS) -c requirements-dev.txt verktoy/mutant.in -o verktoy/mutant.txt

pakke: ## build the sdist, the wheel and their bill of materials into dist/
	@bash verktoy/miljoe.sh test
	@rm -rf build
	@.venv/bin/python -c "from setuptools import build_meta as b; b.build_sdist('dist'); b.build_wheel('dist')"
	@.venv/bin/python -m verktoy.stykkliste dist/koordinering.cdx.json
