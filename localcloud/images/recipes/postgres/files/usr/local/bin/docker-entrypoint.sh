#!/bin/bash
# Makes an empty data folder into a database as POSTGRES_* say, runs /docker-entrypoint-initdb.d, becomes the command.
set -euo pipefail

from_file() {
  local file="$1_FILE"
  if [ -n "${!file:-}" ]; then
    [ -z "${!1:-}" ] || { echo "both $1 and $file are set, give one of them" >&2; exit 1; }
    export "$1=$(< "${!file}")"
    unset "$file"
  fi
}

run_scripts() {
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
      *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
      *.sql) client -f "$script" ;;
      *.sql.gz) gunzip -c "$script" | client ;;
    esac
  done
}

client() {
  psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

initialize() {
  local method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}"
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo "the database is empty and has no superuser password: set POSTGRES_PASSWORD" >&2
    exit 1
  fi
  # The options are words for initdb.
  # shellcheck disable=SC2086
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-}") \
    --auth-host="$method" ${POSTGRES_INITDB_ARGS:-} > /dev/null
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  # Nobody but the scripts reaches the server before it is ready: it listens on its socket alone.
  PGUSER="$POSTGRES_USER" pg_ctl -s -D "$PGDATA" -w -o "$(printf '%q ' "$@" -c listen_addresses= -p 5432)" start
  if [ "$POSTGRES_DB" != postgres ]; then
    POSTGRES_DB=postgres client -v name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name"'
  fi
  run_scripts
  PGUSER="$POSTGRES_USER" pg_ctl -s -D "$PGDATA" -m fast -w stop
}

if [ "${1:0:1}" = - ]; then
  set -- postgres "$@"
fi
if [ "$1" = postgres ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA"
    find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres {} +
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  for name in POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB POSTGRES_INITDB_ARGS; do
    from_file "$name"
  done
  export POSTGRES_USER="${POSTGRES_USER:-postgres}"
  export POSTGRES_DB="${POSTGRES_DB:-$POSTGRES_USER}"
  export PGPASSWORD="${POSTGRES_PASSWORD:-}"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initialize "${@:2}"
  fi
  unset PGPASSWORD
fi
exec "$@"
