#!/usr/bin/env bash
# Mutation testing: docs/mutanter.md. mutmut is installed aside, so that what is tested is what is pinned.
# Arguments go to the tool: modules, or nothing for them all.
set -euo pipefail
cd "$(dirname "$0")/.."
ved=var/mutant/mutmut
if ! cmp -s verktoy/mutant.txt "$ved/.pins"; then
    rm -rf "$ved"
    .venv/bin/python -m pip install -q --no-input --require-hashes --target "$ved" -r verktoy/mutant.txt
    cp verktoy/mutant.txt "$ved/.pins"
fi
PYTHONPATH=$PWD exec .venv/bin/python -m verktoy.mutant "$@"
