#!/bin/sh
# /etc/nginx/templates/*.template, with the variables of the environment put in, become /etc/nginx/conf.d/*.
set -e
[ -d /etc/nginx/templates ] || exit 0
names=$(awk 'END { for (name in ENVIRON) printf "${%s} ", name }' </dev/null)
cd /etc/nginx/templates
find . -follow -type f -name '*.template' | while read -r template; do
  out=/etc/nginx/conf.d/${template%.template}
  mkdir -p "$(dirname "$out")"
  envsubst "$names" <"$template" >"$out"
done
