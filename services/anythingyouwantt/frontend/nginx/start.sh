#!/bin/sh
# Becomes nginx. With API_UPSTREAM=http://host:port it also leads /api there, as a load balancer would.
set -eu

rm -f /tmp/api.conf
if [ -n "${API_UPSTREAM:-}" ]; then
    if ! printf '%s\n' "$API_UPSTREAM" | grep -Eqx 'https?://[A-Za-z0-9.-]+(:[0-9]+)?'; then
        echo "API_UPSTREAM must look like http://rest-api:3000, got \"$API_UPSTREAM\"" >&2
        exit 1
    fi
    # Asked again after a while: a container that comes back has another address.
    resolver=$(awk '$1 == "nameserver" { print $2; exit }' /etc/resolv.conf)
    cat > /tmp/api.conf <<CONF
location /api {
    resolver $resolver valid=5s;
    set \$upstream $API_UPSTREAM;
    proxy_pass \$upstream;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host \$http_host;
    proxy_set_header X-Forwarded-For \$remote_addr;
    proxy_set_header X-Forwarded-Proto \$scheme;
    proxy_read_timeout 35s;
}
CONF
fi
exec nginx -c /app.conf/nginx.conf -g "daemon off;"
