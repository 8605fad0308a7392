#!/bin/sh
# Make the Python environment from the committed lock: `make` calls this before everything else.
# Quick when it is there already. Needs Python 3.11 to 3.13, and on Debian root or sudo for missing packages.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE VIRTUAL_ENV || true

UV_VERSION=0.13.9
STAMP=.venv/.lock-of-slipway

fail() {
    echo "error: $1" >&2
    exit 1
}

python=""
for candidate in python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail "no Python 3.11, 3.12 or 3.13 on PATH → install one, on Debian: apt-get install python3"

fresh=$(cat uv.lock pyproject.toml localcloud/pyproject.toml | sha256sum | cut -c1-64)
if [ -x .venv/bin/slipway ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$fresh" ]; then
    exit 0
fi

if ! .slipway/uv/bin/uv --version 2>/dev/null | grep -q "uv $UV_VERSION"; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        root=""
        [ "$(id -u)" = 0 ] || root=sudo
        command -v apt-get >/dev/null || fail "python has no venv module → install it (python3-venv)"
        echo "installing python3-venv" >&2
        $root apt-get update -qq && $root apt-get install -y -qq --no-install-recommends python3-venv >/dev/null ||
            fail "python3-venv could not be installed → apt-get install python3-venv"
    fi
    echo "getting uv $UV_VERSION" >&2
    mkdir -p .slipway
    rm -rf .slipway/uv
    "$python" -m venv .slipway/uv
    .slipway/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" ||
        fail "uv could not be got from the Python package index → is there a network?"
fi

echo "making the Python environment" >&2
.slipway/uv/bin/uv sync --quiet --frozen --all-packages --python "$python" --no-python-downloads ||
    fail "the Python environment could not be made from uv.lock → read the lines above"
# Byte code is written once here: a read-only checkout or a first start would pay for it each time.
.venv/bin/python -m compileall -q -j 0 .venv/lib infra interface pipelines localcloud >/dev/null 2>&1 || true
printf '%s' "$fresh" >"$STAMP"
