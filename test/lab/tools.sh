# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which programs beside docker does `lab env` put on the PATH?

PEBBLE_VERSION=v2.10.1   # a certificate authority that speaks ACME
PEBBLE=$CACHE/pebble-$PEBBLE_VERSION
LAB_BIN=$CACHE/bin       # links, made anew by each `up`

build_pebble() {
  local module=github.com/letsencrypt/pebble/v2 program
  for program in pebble pebble-challtestsrv; do
    build_go "$PEBBLE/$program" "$module@$PEBBLE_VERSION" "./cmd/$program" '' || return
  done
}

# Services of Debian's, unpacked so that none of them starts
unpack_services() { unpack_packages "$SERVICES" usr/sbin/nginx "${SERVICE_PACKAGES[@]}"; }

unpack_cloud_init() { unpack_packages "$CLOUD_INIT" usr/bin/cloud-init "${CLOUD_INIT_PACKAGES[@]}"; }

write_cloud_init() {
  printf '#!/bin/sh\nPYTHONPATH=%s exec /usr/bin/python3 %s "$@"\n' "$CLOUD_INIT/usr/lib/python3/dist-packages" \
    "$CLOUD_INIT/usr/bin/cloud-init" >"$1" && chmod +x "$1"
}

# Debian's Alertmanager reads its templates from /usr/share, where only an installed package has them.
write_alertmanager() {
  cat >"$1" <<END && chmod +x "$1"
#!/bin/sh
exec unshare --mount sh -c 'mount --bind "\$1" /usr/share && shift && exec "\$@"' sh \\
  '$SERVICES/usr/share' '$SERVICES/usr/bin/prometheus-alertmanager' "\$@"
END
}

# Without the heavy packages for search in documents it must be told so.
write_open_webui() {
  printf '#!/bin/sh\nUSE_SLIM_DOCKER=true exec %s "$@"\n' "$2" >"$1" && chmod +x "$1"
}

# It wants to find the Ansible that it belongs to, and warns of a PATH that leads to another first.
write_ansible_lint() {
  # shellcheck disable=SC2016  # the caller's PATH
  printf '#!/bin/sh\nPATH=%s:$PATH exec ansible-lint "$@"\n' "$2" >"$1" && chmod +x "$1"
}

link_programs() {
  local venv fresh=$LAB_BIN.new
  rm -rf "$fresh" && mkdir -p "$fresh" &&
    ln -s -t "$fresh" "$SERVICES"/usr/{sbin/nginx,bin/prometheus,bin/promtool,bin/amtool} "$PEBBLE"/pebble* &&
    write_alertmanager "$fresh/alertmanager" && write_cloud_init "$fresh/cloud-init" &&
    ln -s "$OLLAMA" "$fresh/ollama" || return
  venv=$(venv_path dask) && ln -s -t "$fresh" "$venv/bin/dask" || return
  venv=$(venv_path open-webui) && write_open_webui "$fresh/open-webui" "$venv/bin/open-webui" || return
  venv=$(venv_path checkov) && ln -s -t "$fresh" "$venv/bin/checkov" || return
  venv=$(venv_path judges) && ln -s -t "$fresh" "$venv"/bin/{gixy,compose-lint,yamllint} || return
  venv=$(venv_path ansible) && ln -s -t "$fresh" "$venv"/bin/ansible{,-config,-doc,-inventory,-playbook,-vault} &&
    write_ansible_lint "$fresh/ansible-lint" "$venv/bin" || return
  rm -rf "$LAB_BIN" && mv "$fresh" "$LAB_BIN"
}
