#!/bin/sh
# As the official one: where nginx is started, the scripts of /docker-entrypoint.d go first.
set -e
if [ "$1" = nginx ]; then
  for script in /docker-entrypoint.d/*; do
    # shellcheck source=/dev/null
    case $script in
      *.envsh) . "$script" ;;
      *.sh) [ ! -x "$script" ] || "$script" ;;
      *) ;;
    esac
  done
fi
exec "$@"
