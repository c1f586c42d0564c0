# shellcheck shell=bash
# find_chromium prints the browser that the tests drive, or fails. Ubuntu's chromium-browser is a stub for snap: run it to know.
find_chromium() {
    local b
    for b in "${KOORDINERING_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        if [ -n "$b" ] && "$b" --version >/dev/null 2>&1; then
            command -v "$b"
            return 0
        fi
    done
    return 1
}
