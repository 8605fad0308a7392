#!/bin/sh
# Make the Python environment from the committed lock: `make` calls this before everything else.
# Quick when it is there already. Needs Python 3.11 to 3.13, and on Debian root or sudo for missing packages.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE VIRTUAL_ENV || true

UV_VERSION=0.13.9
STAMP=.venv/.lock-of-slipway
LOG=.slipway/logs/setup.log
FREE_MEGABYTES=2000 # the environment and uv's cache of it

fail() {
    echo "error: $1" >&2
    exit 1
}

# Run a command whose words go into the log: a failure ends everything with one line, $1 is wrong and $2 to be done.
quietly() {
    wrong=$1
    fix=$2
    shift 2
    "$@" >>"$LOG" 2>&1 && return
    if grep -q "No space left on device" "$LOG"; then
        fail "no space left on the disk → make room and run the same command again"
    fi
    reason=$(sed -nE 's/^(error|ERROR|E|Error): *//p' "$LOG" | head -n 1)
    fail "$wrong${reason:+ ($reason)} → $fix; all that was said is in $LOG"
}

python=""
found="there is no python3 on PATH"
for candidate in python3 python3.13 python3.12 python3.11; do
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    case $version in
    3.11 | 3.12 | 3.13)
        python=$candidate
        break
        ;;
    esac
    found="$candidate is Python $version"
done
[ -n "$python" ] || fail "$found, needed is 3.11, 3.12 or 3.13 → install one, on Debian 12 or newer: apt-get install python3"

fresh=$(cat uv.lock pyproject.toml localcloud/pyproject.toml | sha256sum | cut -c1-64)
if [ -x .venv/bin/slipway ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$fresh" ]; then
    exit 0
fi

if [ ! -x .venv/bin/slipway ]; then
    free=$(($(df -Pk . | awk 'END { print $4 }') / 1024))
    [ "$free" -ge "$FREE_MEGABYTES" ] || fail "$free MB free on this disk, needed are $FREE_MEGABYTES → make room"
fi
mkdir -p .slipway/logs
: >"$LOG"

if ! .slipway/uv/bin/uv --version 2>/dev/null | grep -q "uv $UV_VERSION"; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        root=""
        [ "$(id -u)" = 0 ] || root=sudo
        command -v apt-get >/dev/null || fail "$python has no venv module → install it (python3-venv)"
        echo "installing python3-venv" >&2
        what="python3-venv could not be installed"
        how="see that there is a network, then: apt-get install python3-venv"
        quietly "$what" "$how" $root apt-get update -qq
        quietly "$what" "$how" $root apt-get install -y -qq --no-install-recommends python3-venv
    fi
    echo "getting uv $UV_VERSION" >&2
    rm -rf .slipway/uv
    quietly "no environment for uv could be made" "install python3-venv anew" "$python" -m venv .slipway/uv
    quietly "uv could not be got from the Python package index" "see that there is a network" \
        .slipway/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
fi

echo "making the Python environment" >&2
quietly "the Python environment could not be made from uv.lock" "see that there is a network" \
    .slipway/uv/bin/uv sync --quiet --frozen --all-packages --python "$python" --no-python-downloads
# Byte code is written once here: a read-only checkout or a first start would pay for it each time.
.venv/bin/python -m compileall -q -j 0 .venv/lib infra interface pipelines localcloud >/dev/null 2>&1 || true
printf '%s' "$fresh" >"$STAMP"
