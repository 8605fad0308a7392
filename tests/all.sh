#!/bin/sh
# Every test, from what needs nothing to the whole platform. Ends what it started, whether it passes or not.
# The parts that need the engine, Docker or the cloud come after everything was set up as `make up` does it.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE || true
began=$(date +%s)

say() {
    printf '\n== %s (%s s in)\n' "$1" $(($(date +%s) - began))
}

finish() {
    code=$?
    if [ "$code" != 0 ]; then
        say "failed; the last lines of the logs"
        for log in $(ls -t .slipway/logs/*.log .slipway/logs/images/*.log 2>/dev/null | head -6); do
            echo "-- $log"
            tail -n 15 "$log"
        done
    fi
    .venv/bin/slipway down --all >/dev/null 2>&1 || true
    exit "$code"
}
trap finish EXIT

# A test that fails may try once more: on a busy machine a time limit passes. Its first failure is shown, not hidden.
once_more="--reruns 1 --rerun-show-tracebacks"

say "style, types, imports"
sh tests/check.sh
say "units"
# Thousands of quick tests: the second try is a run of its own, as to be ready for one costs each of them 20 ms.
quick="not engine and not cloud and not docker"
.venv/bin/python -m pytest -q -n 2 --dist loadgroup --timeout 180 -m "$quick" ||
    .venv/bin/python -m pytest -q --last-failed --last-failed-no-failures none --timeout 180 -m "$quick"
say "stack files that nobody thought of"
.venv/bin/python -m tests.fuzz --files 500
say "engine, Docker, base images"
.venv/bin/slipway prepare
say "services"
# Two systems at a time, what each says in one piece: most of what they do keeps one core busy.
make --no-print-directory --jobs 2 --output-sync=target --keep-going services
# Services know nothing of the platform: engine and compose are told to their tests as they would be to anybody's.
DOCKER_HOST=$(.venv/bin/python -c 'from localcloud import docker; e = docker.find(); print(e.host if e else "")') \
    DOCKER_CONFIG=$(.venv/bin/python -m localcloud.docker.compose) \
    .venv/bin/python -m pytest -q -n 2 --dist loadgroup -m docker $once_more --durations=8 services
say "parts: engine, cloud, containers"
# A file at a time, so that what a file has started is started once.
.venv/bin/python -m pytest -q -n 2 --dist loadfile -m "engine or cloud or docker" --ignore-glob 'services/*' \
    $once_more --durations=8
say "the whole platform"
.venv/bin/python -m pytest -q -x tests/e2e $once_more --durations=8
say "three rounds with a fault each"
# The seed is one with the engine killed in an `up` that changes, the command in a `down` that is then wanted up again,
# and a provider in the first `up` of a prod that is then taken down.
.venv/bin/python -m tests.soak --rounds 3 --seed 16130 --systems counter --faults engine slipway aws
say "done"
