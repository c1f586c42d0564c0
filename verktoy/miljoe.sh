#!/usr/bin/env bash
# Make .venv ready: `miljoe.sh run` for the product, `miljoe.sh test` for the tests as well.
# Does nothing when a stamp says that the same pins are already installed.
set -euo pipefail
cd "$(dirname "$0")/.."
hva=${1:?run or test}
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1
venv=$PWD/.venv

say() { printf '== %s\n' "$*" >&2; }
stop() { printf 'STOP: %s\n' "$*" >&2; exit 1; }

apt_install() {  # apt_install PACKAGE WHY: by root, or by a sudo that asks nothing; else tell
    local som=()
    command -v apt-get >/dev/null || stop "$2 is missing. Install it (on Debian: $1), then run the same command again."
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || stop "$2 is missing. Run: sudo apt-get install $1   then the same command again."
        som=(sudo -n)
    fi
    say "Installing $1 ($2)"
    local logg
    logg=$(mktemp)
    if ! {
        "${som[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
            "${som[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$1"
    } </dev/null >"$logg" 2>&1; then
        tail -n 20 "$logg" >&2
        stop "apt-get could not install $1 ($2)."
    fi
    rm -f "$logg"
}

find_python() {
    local p
    for p in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14; do
        if "$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$p" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    stop "Python 3.11 or newer is missing. Name one with PYTHON=/path/to/python3."
}

venv_works() {  # a venv that was moved or half made does not
    grep -qsF "$venv" .venv/bin/activate && .venv/bin/python -m pip --version >/dev/null 2>&1
}

make_venv() {
    # --clear empties what a link leads to: another checkout's packages, while it uses them.
    [ ! -L .venv ] || stop ".venv is a link to $(readlink .venv), which does not work from here. Remove the link, then run the same command again."
    local python
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        apt_install python3-venv "Python's module for virtual environments"
        "$python" -c 'import ensurepip, venv' 2>/dev/null || stop "$python cannot make a virtual environment."
    fi
    say "Making .venv with $("$python" -V)"
    "$python" -m venv --clear .venv
}

# Where the wheels come from is the machine's own setting, and uv does not read pip's: hand over the index and
# the machine's certificates. The pins and their hashes are ours.
use_the_machines_settings() {
    local indeks=${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] && [ -n "$indeks" ]; then
        export UV_DEFAULT_INDEX=$indeks
    fi
    if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
        export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true}
    fi
}

# `install`, not `sync`: `make run` after `make test` leaves the test tools where they are.
install_pins() {
    local fil=$1
    if ! cmp -s verktoy/bygg.txt .venv/.bygg; then
        .venv/bin/python -m pip install -q --no-input --require-hashes -r verktoy/bygg.txt
        cp verktoy/bygg.txt .venv/.bygg
    fi
    use_the_machines_settings
    say "Installing $fil"
    .venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r "$fil"
    .venv/bin/uv pip install -q --python .venv/bin/python --no-build-isolation --no-deps -e .
}

stamp() { cat "$@" pyproject.toml MANIFEST.in verktoy/bygg.txt verktoy/pakking.py | sha256sum; }

fil=requirements.txt
[ "$hva" = run ] || fil=requirements-dev.txt
venv_works || make_venv
if [ "$(stamp "$fil")" != "$(cat ".venv/.stempel-$hva" 2>/dev/null)" ]; then
    # The test pins hold all of the product's, so they count for both.
    rm -f .venv/.stempel-*
    install_pins "$fil"
    stamp requirements.txt >.venv/.stempel-run
    [ "$hva" = run ] || stamp "$fil" >.venv/.stempel-test
fi

if [ "$hva" = test ]; then
    # shellcheck source=verktoy/chromium.sh
    source verktoy/chromium.sh
    find_chromium >/dev/null || apt_install chromium "Chromium for the browser tests"
    find_chromium >/dev/null || stop "Chromium is missing. Name one with KOORDINERING_CHROMIUM=/path/to/chromium."
fi
