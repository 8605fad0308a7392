#!/bin/sh
# Writes what the environment says for the browser, then serves.
set -eu
case ${ENVIRONMENT:=} in
    *[!A-Za-z0-9-]*)
        echo '{"level":"error","logger":"client","message":"ENVIRONMENT must be letters, digits and -"}' >&2
        exit 1
        ;;
esac
mkdir -p /tmp/client
printf '{"environment":"%s"}\n' "$ENVIRONMENT" >/tmp/client/config.json
exec nginx -c /etc/market/nginx.conf -g 'daemon off;'
