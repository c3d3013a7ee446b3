#!/bin/sh
# Builds the dashboard into web/dist, where its sources are not those of the last time.
set -eu

cd "$(dirname "$0")/../web"
stamp=node_modules/.built

fingerprint() {
    find . \( -name node_modules -o -name dist \) -prune -o -type f -print | LC_ALL=C sort | xargs cksum | cksum
}

wanted=$(fingerprint)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || [ ! -f dist/index.html ]; then
    echo "Building the dashboard …" >&2
    rm -f "$stamp"
    PATH="$PWD/../.venv/bin:$PATH" npm run --silent build
    echo "$wanted" > "$stamp"
fi
