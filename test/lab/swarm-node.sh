# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with swarm and its other parts
# How is one node started, stopped, killed and swept?

docker_on() { local node=$1; shift; DOCKER_HOST=unix://$(node_socket "$node") DOCKER_CONFIG=$STATE/config DOCKER_CONTEXT='' "$CLIENT" "$@"; }

node_pid() { cat "$(node_folder "$1")/pid" 2>/dev/null; }

# is_node PID NODE. After a reboot the number may be another process's: the command line tells.
is_node() { [[ -n $1 && $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline") == *"--config-file $(node_folder "$2")/daemon.json "* ]]; }
node_runs() { is_node "$(node_pid "$1")" "$1"; }
node_answers() { docker_on "$1" version --format '{{.Server.Version}}' 2>/dev/null; }

exec_on() {
  local node=$1
  shift
  node_runs "$node" || fail "node $node does not run" "start it: $here/swarm start $node"
  nsenter --target "$(node_pid "$node")" --net --mount --uts -- "$@"
}

up_node() {
  local before
  before=$(settings_of "$1")
  mkdir -p "$(node_folder "$1")"
  write_gpu "$1" && node_json "$1" >"$(node_folder "$1")/daemon.json" || return
  if [[ $(settings_of "$1") != "$before" ]] && node_runs "$1"; then stop_node "$1" || return; fi
  start_node "$1"
}

start_node() {
  local folder
  folder=$(node_folder "$1")
  remedy="the engine's own words: $folder/dockerd.log; a clean start: $here/swarm wipe"
  [[ -s $folder/daemon.json ]] || { remedy="make the nodes first: $here/swarm up"; return 1; }
  if node_runs "$1"; then node_answers "$1"; return; fi
  did=started
  sweep_node "$1" && make_cable "$1" && launch_node "$1" || return
  link_tools
  until_true 2 node_runs "$1" && until_true 60 answers_or_dead "$1" && node_answers "$1" && return
  tail -n 20 "$folder/dockerd.log"
  return 1
}

answers_or_dead() { node_answers "$1" || ! node_runs "$1"; }

# What `swarm env` puts on the PATH and into DOCKER_CONFIG
link_tools() {
  mkdir -p "$STATE/bin" "$STATE/config" && ln -sfn "$CLIENT" "$STATE/bin/docker.$BASHPID" && mv -T "$STATE/bin/docker.$BASHPID" "$STATE/bin/docker"
}

# Not `ip netns exec`: its fresh /sys hides the cgroups. The node's own mounts are: the namespace's /sys with this machine's
# cgroups moved back over it; /run/docker and /run/containerd, which hold sockets; a resolv.conf that refuses at once,
# because a node has no way out and a name server that stays silent would hold up every start of a task.
launch_node() {
  local folder
  folder=$(node_folder "$1")
  mkdir -p "$folder/data" "$folder/exec" "$folder/cgroup" /run/docker /run/containerd || return
  rm -f "$folder/pid" "$folder/docker.sock"
  echo 'nameserver 127.0.0.1' >"$folder/resolv.conf"
  # shellcheck disable=SC2016  # expands in the node
  env -i HOME=/root LC_ALL=C PATH="$ENGINE_BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    setsid -f nsenter --net="/run/netns/$(namespace "$1")" unshare --mount --uts --ipc --propagation private bash -ec '
      mount --rbind /sys/fs/cgroup "$1/cgroup"; mount -t sysfs sysfs /sys; mount --move "$1/cgroup" /sys/fs/cgroup
      mount -t tmpfs tmpfs /run/docker; mount -t tmpfs tmpfs /run/containerd
      mount --bind "$1/resolv.conf" "$(readlink -f /etc/resolv.conf)"
      hostname "$2"
      exec dockerd --config-file "$1/daemon.json" ' node "$folder" "node$1" >>"$folder/dockerd.log" 2>&1 </dev/null 9>&-
}

# Processes of this node only: those in its network namespace (engine, containerd, shims) and in its cgroup (containers)
node_processes() {
  local root
  ! namespace_exists "$(namespace "$1")" || ip netns pids "$(namespace "$1")"
  for root in /sys/fs/cgroup "/sys/fs/cgroup"/*; do
    [[ ! -d $root/$LAB/n$1 ]] || find "$root/$LAB/n$1" -name cgroup.procs -exec cat {} +
  done | sort -u
}

gone() { [[ -z $(node_processes "$1" 2>/dev/null) ]]; }
kill_processes() {
  local pid
  for pid in $(node_processes "$1" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
  gone "$1"
}

# Whatever a node that ended left behind, or one whose engine died by itself
sweep_node() {
  local root mounts mount
  remedy="these processes of node $1 do not end: $(node_processes "$1" 2>/dev/null | tr '\n' ' ')"
  until_true 20 kill_processes "$1" || return
  remove_namespace "$1" || return
  for root in /sys/fs/cgroup "/sys/fs/cgroup"/*; do
    [[ ! -d $root/$LAB/n$1 ]] || find "$root/$LAB/n$1" -depth -type d -exec rmdir {} + || return
    [[ ! -d $root/$LAB ]] || rmdir --ignore-fail-on-non-empty "$root/$LAB"
  done
  mapfile -t mounts < <(awk -v under="$(node_folder "$1")/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r)
  for mount in "${mounts[@]}"; do umount "$mount" || return; done
  rm -f "$(node_folder "$1")/pid" "$(node_folder "$1")/docker.sock"
}

# A power cut: first the network falls silent, then everything is gone; nothing is told to anybody.
kill_node() {
  did=killed
  pull_cable "$1"
  sweep_node "$1"
}

stop_node() {
  local pid
  did=stopped
  pid=$(node_pid "$1")
  if node_runs "$1"; then
    kill "$pid"
    until_true 30 not_node "$pid" "$1" || true   # sweep_node ends what did not end by itself
  fi
  sweep_node "$1"
}
not_node() { ! is_node "$@"; }

describe_node() {
  if node_runs "$1"; then
    echo "engine $(node_answers "$1"), swarm $(docker_on "$1" info --format '{{.Swarm.LocalNodeState}}'), unix://$(node_socket "$1")"
  else
    echo stopped
  fi
}

all_down() {
  each stop_node "${NODES[@]}" && remove_network && did=stopped
}
