#!/bin/sh
# Lines of infra, interface, pipelines and localcloud that unit tests and parts run; fails under the figure in
# pyproject.toml. The end-to-end tests are left out: they measure times, and measuring lines takes three times as long.
# Plugins, language host, programs, door and cloud are processes of their own and are measured like the tests. One
# that is ended by SIGKILL writes nothing: what only such a process ran counts as not run.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE || true
data=$PWD/.slipway/coverage
rm -rf "$data"
mkdir -p "$data"

# The emulator has an interpreter of its own, and its process sees nothing of this environment: for this run its
# interpreter starts the same coverage.py by itself.
python=$(.venv/bin/python -c 'from localcloud.cloud import environment; print(environment.ensure())')
hook=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/slipway_coverage.pth
cp -r "$(.venv/bin/python -c 'import coverage, os; print(os.path.dirname(coverage.__file__))')" "$data/coverage"
trap 'rm -rf "$hook" "$data/coverage"' EXIT
trap 'exit 130' INT TERM
cat >"$hook" <<END
import os, sys; os.path.isdir("$data/coverage") and (sys.path.append("$data"), os.environ.update(SLIPWAY_REPOSITORY="$PWD", COVERAGE_PROCESS_START="$PWD/pyproject.toml"), __import__("coverage").process_startup())
END

# One process for all tests: pytest-xdist kills workers that take their time to write what they measured.
run() {
    .venv/bin/coverage run -m pytest -q --reruns 1 --rerun-show-tracebacks --timeout 1800 "$@"
}

run -m "not engine and not cloud and not docker"
if [ "${1:-}" = units ]; then
    set -- --fail-under=0 # the quick tests alone have no figure to reach
else
    .venv/bin/slipway prepare
    run -m "engine or cloud or docker" --ignore-glob 'services/*'
fi
.venv/bin/coverage combine --quiet
.venv/bin/coverage report "$@"
