# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# How are the private engines started, reached and stopped?

MARK=$STATE/made-by-muster-lab   # `wipe` removes only a folder that holds it

# choose_engine main|oldest: all functions below and those of network.sh and images.sh mean this one from now on
choose_engine() {
  ENGINE_NAME=$1 ENGINE=$STATE/$1
  case $1 in
    main) ENGINE_PATH=$CURRENT_TOOLS DOCKER=$CURRENT_TOOLS/docker SUBNET=$FIRST_SUBNET ;;
    oldest)
      ENGINE_PATH=$OLDEST_TOOLS/usr/sbin:$OLDEST_TOOLS/usr/bin DOCKER=$OLDEST_TOOLS/usr/bin/docker
      SUBNET=${FIRST_SUBNET%.*}.$((${FIRST_SUBNET#*.} + 1)) ;;
    *) return 1 ;;
  esac
  RUN=$ENGINE/run SOCKET=$ENGINE/run/docker.sock PID_FILE=$ENGINE/run/dockerd.pid
  BRIDGE=mlab-${SUBNET/./-}   # not docker0: another engine of this machine may own that
  RULE_MARK=muster-lab-$SUBNET
}

docker_cli() { DOCKER_HOST=unix://$SOCKET DOCKER_CONFIG=$ENGINE/config "$DOCKER" "$@"; }

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
  if [[ ! -e $MARK && -n $(ls -A "$STATE" 2>/dev/null) ]]; then
    remedy="$STATE holds something else already: name an empty folder in MUSTER_LAB_ENGINE"
    return 1
  fi
  mkdir -p "$STATE" && touch "$MARK" &&
    mkdir -p "$ENGINE/bin" "$ENGINE/cdi" "$ENGINE/config/cli-plugins" "$RUN/exec" "$ENGINE/data" &&
    install -m 644 -t "$ENGINE/cdi" "$here"/cdi/*.yaml &&
    ln -sfn "$DOCKER" "$ENGINE/bin/docker" &&
    ln -sfn "$COMPOSE" "$ENGINE/config/cli-plugins/docker-compose" &&
    ln -sfn "$BUILDX" "$ENGINE/config/cli-plugins/docker-buildx"
}

# The machine's /etc/docker stays as it is: an own configuration. The current engine gets GPUs that need no hardware,
# 20.10 an own place for the key that it makes.
engine_settings() {
  if [[ $ENGINE_NAME == main ]]; then printf '{"cdi-spec-dirs": ["%s"]}\n' "$ENGINE/cdi"
  else printf '{"deprecated-key-path": "%s"}\n' "$ENGINE/key.json"; fi
}

launch_dockerd() {
  local beside=()
  make_bridge || return
  if stands_beside; then
    delete_rules filter "$RULE_MARK"; delete_rules nat "$RULE_MARK"
    add_plain_rules || return
    beside=(--iptables=false --ip6tables=false)
  fi
  engine_settings >"$ENGINE/daemon.json"
  # A containerd that ended but was never reaped counts as alive for dockerd, which then waits for it in vain.
  containerd_alive || rm -f "$RUN/exec/containerd/containerd.pid"
  rm -f "$PID_FILE" "$SOCKET"
  # A containerd that the machine runs as a service would be used: own namespaces keep its containers apart.
  PATH=$ENGINE_PATH:$PATH setsid -f dockerd --config-file "$ENGINE/daemon.json" \
    --data-root "$ENGINE/data" --exec-root "$RUN/exec" --pidfile "$PID_FILE" --host "unix://$SOCKET" \
    --containerd-namespace "muster-lab-$ENGINE_NAME" --containerd-plugins-namespace "muster-lab-$ENGINE_NAME-plugins" \
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
  [[ -e $STATE ]] || return 0
  remedy="not removed: $STATE is not of the lab's making (no $MARK)"
  [[ -e $MARK ]] && rm -rf --one-file-system "$STATE"
}
