# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# How is the private engine started, reached and stopped?

RUN=$ENGINE/run
SOCKET=$RUN/docker.sock
PID_FILE=$RUN/dockerd.pid
MARK=$ENGINE/made-by-muster-lab   # `wipe` removes only a folder that holds it

docker_cli() { DOCKER_HOST=unix://$SOCKET DOCKER_CONFIG=$ENGINE/config "$ENGINE_TOOLS/usr/bin/docker" "$@"; }

# is_engine PID. After a reboot the number may be another process's, and an ended process may wait to be reaped:
# the command line tells.
is_engine() { [[ $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline") == *"--pidfile $PID_FILE "* ]]; }
engine_running() { [[ -s $PID_FILE ]] && is_engine "$(<"$PID_FILE")"; }

engine_answers() { docker_cli version --format '{{.Server.Version}}' 2>/dev/null; }

# What a dockerd that was killed may leave running: its containerd, and a shim for each container
engine_remains() { pgrep -f -- "$RUN/exec/containerd/containerd\.(toml|sock)"; }
containerd_alive() { pgrep -f -- "--config $RUN/exec/containerd/containerd\.toml"; }

# bin/ and config/ are what `lab env` puts on the PATH and into DOCKER_CONFIG
link_tools() {
  if [[ ! -e $MARK && -n $(ls -A "$ENGINE" 2>/dev/null) ]]; then
    remedy="$ENGINE holds something else already: name an empty folder in MUSTER_LAB_ENGINE"
    return 1
  fi
  mkdir -p "$ENGINE/bin" "$ENGINE/config/cli-plugins" "$RUN/exec" "$ENGINE/data" && touch "$MARK" &&
    ln -sfn "$ENGINE_TOOLS/usr/bin/docker" "$ENGINE/bin/docker" &&
    ln -sfn "$COMPOSE" "$ENGINE/config/cli-plugins/docker-compose"
}

launch_dockerd() {
  local beside=()
  make_bridge || return
  if other_engine; then
    delete_rules filter "$RULE_MARK"; delete_rules nat "$RULE_MARK"
    add_plain_rules || return
    beside=(--iptables=false)
  fi
  # the machine's /etc/docker stays as it is: an own configuration, and an own place for the key that 20.10 makes
  printf '{"deprecated-key-path": "%s"}\n' "$ENGINE/key.json" >"$ENGINE/daemon.json"
  # A containerd that ended but was never reaped counts as alive for dockerd, which then waits for it in vain.
  containerd_alive || rm -f "$RUN/exec/containerd/containerd.pid"
  rm -f "$PID_FILE" "$SOCKET"
  # A containerd that the machine runs as a service would be used: own namespaces keep its containers apart.
  PATH=$ENGINE_TOOLS/usr/sbin:$ENGINE_TOOLS/usr/bin:$PATH setsid -f dockerd --config-file "$ENGINE/daemon.json" \
    --data-root "$ENGINE/data" --exec-root "$RUN/exec" --pidfile "$PID_FILE" --host "unix://$SOCKET" \
    --containerd-namespace muster-lab --containerd-plugins-namespace muster-lab-plugins \
    --bridge "$BRIDGE" --default-address-pool "base=$SUBNET.128.0/17,size=24" "${beside[@]}" \
    --log-level warn --shutdown-timeout 10 >"$ENGINE/dockerd.log" 2>&1 </dev/null 9>&-
}

start_engine() {
  local try
  remedy="the engine's own words: $ENGINE/dockerd.log; a clean start: $here/lab wipe"
  link_tools || return
  if engine_running; then engine_answers; return; fi
  did=started
  launch_dockerd || return
  for try in {1..300}; do
    engine_answers && return
    sleep 0.1
    if [[ $try -gt 20 ]] && ! engine_running; then break; fi
  done
  tail -n 20 "$ENGINE/dockerd.log"
  return 1
}

stop_engine() {
  if ! engine_running && engine_remains; then start_engine; fi   # only a dockerd ends its remains in order
  did=stopped
  if engine_running; then
    local pid
    pid=$(<"$PID_FILE")
    kill "$pid"
    remedy="process $pid is still there after 30 s: kill -KILL $pid, then again $here/lab down"
    for _ in {1..300}; do is_engine "$pid" || break; sleep 0.1; done
    ! is_engine "$pid" || return
  else
    did=absent
  fi
  clean_network
  local mounts mount
  mapfile -t mounts < <(awk -v under="$ENGINE/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r)
  for mount in "${mounts[@]}"; do umount "$mount" || return; done
}

remove_state() {
  did=removed
  [[ -e $ENGINE ]] || return 0
  remedy="not removed: $ENGINE is not of the lab's making (no $MARK)"
  [[ -e $MARK ]] && rm -rf --one-file-system "$ENGINE"
}
