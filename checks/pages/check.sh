#!/usr/bin/env bash
# Reports in a browser: at 390, 768, 1440 and 2560 px, in the dark and on paper.
#
#   checks/pages/check.sh [FOLDER [PAGE...]]
#
# Without pages, those of invented studies: 1, 3, 20 and 100 arms, hostile names, nothing yet.
# FOLDER gets pictures of all of them. Needs Chromium, Node and npm; says so and ends with 0 where
# they are missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$(mktemp -d)}
shift || true

browser=
for name in chromium chromium-browser google-chrome; do
    if [ -z "$browser" ]; then browser=$(command -v "$name" || true); fi
done
if [ -z "$browser" ] || ! command -v npm >/dev/null; then
    echo "skipped: pages are not looked at, as there is no Chromium or no npm here"
    exit 0
fi
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
cp "$here/package.json" "$here/check.mjs" "$tools"
if ! (cd "$tools" && npm install --silent --no-audit --no-fund >/dev/null 2>&1); then
    echo "skipped: pages are not looked at, as npm could not fetch playwright-core and axe-core"
    exit 0
fi
mkdir -p "$folder"
if [ $# -eq 0 ]; then
    (cd "$here/../.." && PAGES="$(cd "$folder" && pwd)" \
        cargo test --release --quiet --workspace --lib -- --ignored are_written_for_a_browser >/dev/null)
    set -- "$folder"/*.html
fi
status=0
node "$tools/check.mjs" "$browser" "$folder" "$@" || status=$?
if [ "$status" = 3 ]; then
    echo "skipped: not every page was looked at"
    status=0
fi
exit "$status"
