#!/bin/sh
# `docker run IMAGE app.js` and `docker run IMAGE --version` mean node; `docker run IMAGE sh` means sh.
set -e
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null || { [ -f "$1" ] && ! [ -x "$1" ]; }; then
  set -- node "$@"
fi
exec "$@"
