#!/bin/sh
# Runs the server as its own user in /data; options and a configuration file alone are the server's too.
set -eu

case "${1:-}" in
  -* | *.conf) set -- valkey-server "$@" ;;
esac
if [ "${1:-}" = valkey-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user valkey -exec chown valkey {} +
  exec setpriv --reuid=valkey --regid=valkey --init-groups "$0" "$@"
fi
umask 0077
# Upstream leaves protected mode off as well: a container's port is open to its network alone.
if [ "${1:-}" = valkey-server ]; then
  shift
  exec valkey-server "$@" --protected-mode no
fi
exec "$@"
