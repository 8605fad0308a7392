#!/bin/sh
# Makes the secrets of compose.production.yaml, once: ./secrets.sh smtp://user:password@mail.example.com:587 [folder]
set -eu
umask 077

[ $# -ge 1 ] || { echo "usage: $0 smtp://user:password@host:port [folder]" >&2; exit 2; }
case "$1" in smtp://* | smtps://*) ;; *) echo "the first argument must be smtp://... or smtps://..." >&2; exit 2 ;; esac
folder=${2:-$(dirname "$0")/secrets}
[ ! -e "$folder" ] || { echo "$folder is there already: the databases know its passwords" >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"

password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

password > postgres-password
for name in anythingyouwantt anythingyouwantt_mail; do
    printf '{"host":"postgres","port":5432,"dbname":"%s","username":"%s","password":"%s"}' "$name" "$name" "$(password)" > "$name"
done
queue=$(password)
printf '{"host":"queue","port":6379,"username":"anythingyouwantt","password":"%s"}' "$queue" > queue
# Its own keys and channels, no command that looks after the server; the health check may say ping.
printf 'user default on nopass resetkeys resetchannels -@all +ping\nuser anythingyouwantt on >%s ~anythingyouwantt:* &anythingyouwantt:* +@all -@admin -@dangerous\n' "$queue" > queue-users
printf '%s' "$1" > smtp-url
# The folder is its owner's alone; the containers, which see single files of it, run as other users.
chmod 644 ./*
