# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with swarm and its other parts
# How do the nodes become one swarm, and how do they become plain engines again?

MANAGERS=1

read_managers() {
  [[ $# -gt 0 ]] || return 0
  [[ $# -eq 2 && $1 == --managers && $2 =~ ^[123]$ ]] ||
    misuse "init: expected --managers 1, 2 or 3, got $*"
  MANAGERS=$2
}

swarm_state() { docker_on "$1" info --format '{{.Swarm.LocalNodeState}}' 2>/dev/null; }
is_manager() { [[ $(docker_on "$1" info --format '{{.Swarm.ControlAvailable}}' 2>/dev/null) == true ]]; }

make_swarm() {
  local node token
  for node in "${NODES[@]}"; do node_runs "$node" || { remedy="node $node does not run: $here/swarm up"; return 1; }; done
  if [[ $(swarm_state 1) != active ]]; then
    did=made
    remedy="node 1's own words: $(node_folder 1)/dockerd.log; a clean start: $here/swarm reset"
    docker_on 1 swarm init --advertise-addr "$(node_address 1)" --dispatcher-heartbeat 2s \
      --default-addr-pool "$SUBNET.128.0/17" --default-addr-pool-mask-length 24 || return
  fi
  remedy="node 1 is no manager of a working swarm; a clean start: $here/swarm reset"
  token=$(docker_on 1 swarm join-token --quiet worker) || return
  for node in "${NODES[@]:1}"; do
    [[ $(swarm_state "$node") == active ]] && continue
    did=made
    docker_on "$node" swarm join --token "$token" --advertise-addr "$(node_address "$node")" "$(node_address 1):2377" || return
  done
  until_true 60 all_ready || return
  set_managers && until_true 60 all_reachable || return
  docker_on 1 node ls
}

# Roles one after the other: a quorum that changes twice at once may be lost.
set_managers() {
  local node wanted
  for node in "${NODES[@]:1}"; do
    wanted=worker
    [[ $node -gt $MANAGERS ]] || wanted=manager
    [[ $(docker_on 1 node inspect --format '{{.Spec.Role}}' "node$node") != "$wanted" ]] || continue
    did=changed
    docker_on 1 node update --role "$wanted" "node$node" && until_true 60 all_reachable || return
  done
}

all_ready() { [[ $(docker_on 1 node ls --format '{{.Status}}' | grep -c '^Ready$') -eq ${#NODES[@]} ]]; }

# Each node of role manager is in the quorum, and each other one is out of it
all_reachable() {
  local node role reach
  for node in "${NODES[@]}"; do
    role=$(docker_on 1 node inspect --format '{{.Spec.Role}} {{with .ManagerStatus}}{{.Reachability}}{{end}}' "node$node") || return
    reach=${role#* }
    case ${role%% *} in
      manager) [[ $reach == reachable ]] && is_manager "$node" || return ;;
      *) [[ -z $reach ]] && ! is_manager "$node" || return ;;
    esac
  done
}

# Images and settings stay. When a node leaves its swarm, volumes stay too, and containers that no service started.
reset_node() {
  remedy="a stopped node cannot leave: $here/swarm start $1, then again"
  node_answers "$1" || return
  [[ $(swarm_state "$1") == inactive ]] || docker_on "$1" swarm leave --force || return
  until_true 20 remove_containers "$1" || return
  docker_on "$1" volume prune --all --force && docker_on "$1" network prune --force && forget_networks "$1" && did=reset
}

# An engine that was killed beside its networks takes their addresses for used ("Pool overlaps"), until it forgets them all.
forget_networks() {
  stop_node "$1" && rm -rf "$(node_folder "$1")/data/network/files" && start_node "$1"
}

# Until none is left: a node that has just left is removing some of them itself.
remove_containers() {
  local containers
  mapfile -t containers < <(docker_on "$1" ps --all --quiet)
  [[ ${#containers[@]} -eq 0 ]] || { docker_on "$1" rm --force --volumes "${containers[@]}"; return 1; }
}
