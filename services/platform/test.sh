#!/bin/sh
# The tests of the deploy steps, with their own locked dependencies. Those of the SQL need a Postgres of this machine, or an
# engine at DOCKER_HOST that has the image postgres:17-alpine.
set -eu
cd "$(dirname "$0")/deploy-steps"
unset VIRTUAL_ENV
uv=${UV:-$(command -v uv || echo "$PWD/../../../.slipway/uv/bin/uv")}
[ -x "$uv" ] || { echo "uv is missing: run 'make' in the repository's root, or set UV to its path" >&2; exit 1; }
"$uv" sync --frozen --quiet
.venv/bin/mypy
.venv/bin/pytest -q
