#!/bin/sh
# Runs every executable script of /docker-entrypoint.d in order before nginx, then becomes the command.
set -eu

case "${1:-}" in
  nginx | nginx-debug)
    for script in /docker-entrypoint.d/*; do
      case "$script" in
        *.envsh) if [ -x "$script" ]; then . "$script"; fi ;;
        *.sh) if [ -x "$script" ]; then "$script"; fi ;;
      esac
    done
    ;;
esac

exec "$@"
