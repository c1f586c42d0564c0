#!/usr/bin/env bash
# Lint, types, import contracts, then the tests; stops at the first that fails.
# The last line is pytest's own count. Arguments go to pytest; `make test` gives none, so everything runs.
set -euo pipefail
cd "$(dirname "$0")/.."
source verktoy/chromium.sh
source verktoy/kladd.sh
KOORDINERING_CHROMIUM=$(find_chromium)
export KOORDINERING_CHROMIUM
PATH=$PWD/.venv/bin:$PATH

mkdir -p var
# Every test gets an installation: thousands of small files that nobody keeps, and a disk takes its time with each.
if kladd=$(make_scratch); then
    trap 'rm -rf "$kladd"' EXIT
    export TMPDIR=$kladd
fi

step() {
    printf '== %s\n' "$*"
    "$@" || { printf '\nFAILED: %s\n' "$*" >&2; exit 1; }
}

step ruff check .
lint-imports --no-cache >var/lint-imports.log 2>&1 &
imports=$!
step mypy
printf '== %s\n' "lint-imports --no-cache"
wait "$imports" || { cat var/lint-imports.log; printf '\nFAILED: lint-imports\n' >&2; exit 1; }
tail -n 2 var/lint-imports.log
step python -m pytest -q -n "${KJERNER:-2}" --durations=10 "$@"
