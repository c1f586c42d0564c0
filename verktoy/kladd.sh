# shellcheck shell=bash
# make_scratch prints a new folder in memory for what the tests write, or fails where there is no good one: Docker's
# /dev/shm is small, and nothing can be run from it. A run leaves 200 MB behind.
make_scratch() {
    local rom=/dev/shm/koordinering-$$ ledig
    ledig=$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1) || return 1
    [ "${ledig:-0}" -gt 3000000 ] || return 1
    mkdir "$rom" 2>/dev/null || return 1
    if printf '#!/bin/sh\n' >"$rom/proeve" && chmod +x "$rom/proeve" && "$rom/proeve" 2>/dev/null; then
        rm "$rom/proeve"
        printf '%s\n' "$rom"
    else
        rm -rf "$rom"
        return 1
    fi
}
