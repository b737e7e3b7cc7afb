#!/usr/bin/env bash
# As the official one: without a key in the environment it keeps one beside itself; then the server.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit
if [[ -z ${WEBUI_SECRET_KEY:-} ]]; then
  file=${WEBUI_SECRET_KEY_FILE:-.webui_secret_key}
  echo "Loading WEBUI_SECRET_KEY from file, not provided as an environment variable."
  [[ -e $file ]] || head -c 12 /dev/random | base64 >"$file"
  WEBUI_SECRET_KEY=$(<"$file")
fi
export WEBUI_SECRET_KEY
exec python -m uvicorn open_webui.main:app --host "${HOST:-0.0.0.0}" --port "${PORT:-8080}" \
  --forwarded-allow-ips "${FORWARDED_ALLOW_IPS:-*}" --workers "${UVICORN_WORKERS:-1}"
