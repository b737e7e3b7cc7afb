#!/bin/sh
# Runs nginx, reloads it when a file that it reads has changed, and lets requests end at a stop.
set -eu
mkdir -p /tmp
log=/dev/stdout
# A socket cannot be opened.
(: >>"$log") 2>/dev/null || log=/dev/null
ln -sfn "$log" /tmp/requests.log
# Started by root its workers would be nobody, who may not read the secrets.
if [ "$(id -u)" -eq 0 ]; then set -- -g 'user root;'; fi
seen() {
  cksum /etc/muster/proxy/nginx.conf /run/muster/secrets/proxy/htpasswd /run/muster/secrets/proxy/ollama-keys /run/muster/secrets/proxy/tls.crt /run/muster/secrets/proxy/tls.key 2>&1 || :
}
before=$(seen)
nginx "$@" -e stderr -c /etc/muster/proxy/nginx.conf &
nginx=$!
left=
trap 'left=${left:-30}; kill -QUIT "$nginx" 2>/dev/null || :' TERM QUIT INT
tick=0
while kill -0 "$nginx" 2>/dev/null; do
  # A signal ends the wait at once.
  sleep 1 &
  wait "$!" || :
  if [ -n "$left" ]; then
    left=$((left - 1))
    if [ "$left" -le 0 ]; then kill -TERM "$nginx" 2>/dev/null || :; fi
    continue
  fi
  tick=$(((tick + 1) % 10))
  if [ "$tick" -ne 0 ]; then continue; fi
  now=$(seen)
  if [ "$now" = "$before" ]; then continue; fi
  before=$now
  if nginx "$@" -e stderr -c /etc/muster/proxy/nginx.conf -q -t; then kill -HUP "$nginx"; fi
done
code=0
wait "$nginx" || code=$?
exit "$code"
