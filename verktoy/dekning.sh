#!/usr/bin/env bash
# Run the tests with branch coverage, and demand all of it where a wrong branch costs most.
set -euo pipefail
cd "$(dirname "$0")/.."
source verktoy/chromium.sh
KOORDINERING_CHROMIUM=$(find_chromium)
export KOORDINERING_CHROMIUM
PATH=$PWD/.venv/bin:$PATH
mkdir -p var/dekning
python -m pytest -q -n "${KJERNER:-2}" --cov --cov-report=
coverage report
coverage report --fail-under=100 \
    --include='koordinering/*/rules.py,koordinering/*/rules/*,koordinering/access.py,koordinering/crypto/*,koordinering/roles.py,koordinering/statistikk/disclosure/*'
