#!/bin/sh
# What is read and not run: style, types, the direction of imports, Dockerfiles.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/ruff check --quiet .
.venv/bin/ruff format --quiet --check .
.venv/bin/mypy
.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache
find services -name node_modules -prune -o -name Dockerfile -exec .venv/bin/hadolint {} +
