# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with swarm and its other parts
# Which engine runs on the nodes, and with which settings?

MARK=$STATE/made-by-muster-swarm   # `wipe` removes only a folder that holds it

# The lab's engine 29, which comes with a client, docker-init and the hook that stands for a GPU's maker
ENGINE_BIN=${MUSTER_SWARM_ENGINE:-${MUSTER_LAB_ENGINE_TOOLS:-$(compgen -G "$CACHE/engine-29*/" | sort -V | tail -n 1)}}
ENGINE_BIN=${ENGINE_BIN%/}
CLIENT=$ENGINE_BIN/docker

node_folder() { echo "$STATE/n$1"; }
node_socket() { echo "$STATE/n$1/docker.sock"; }

# read_settings [--gpu N]… [--resource N:KIND=VALUE]…
read_settings() {
  GPU_NODES='' RESOURCES=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      --gpu) check_node "${2:-}" && GPU_NODES+=" $2 " ;;
      --resource)
        [[ ${2:-} =~ ^[0-9]+:[A-Za-z0-9_.-]+=[A-Za-z0-9_.-]+$ ]] || misuse "--resource: expected N:KIND=VALUE as 2:gpu=1, got '${2:-}'"
        check_node "${2%%:*}" && RESOURCES+=("$2") ;;
      *) misuse "up: unknown argument $1" ;;
    esac
    shift 2
  done
}

# node_resources NODE: "gpu=1","ssd=2"
node_resources() {
  local resource list=()
  for resource in "${RESOURCES[@]}"; do
    [[ $resource != "$1:"* ]] || list+=("\"${resource#*:}\"")
  done
  (IFS=,; echo "${list[*]}")
}

# node_json NODE: the engine's configuration, all of it, so that a change of it is a change of the file
node_json() {
  local folder
  folder=$(node_folder "$1")
  cat <<END
{
  "hosts": ["unix://$folder/docker.sock"],
  "data-root": "$folder/data",
  "exec-root": "$folder/exec",
  "pidfile": "$folder/pid",
  "bip": "$SUBNET.$1.1/24",
  "default-address-pools": [{"base": "$SUBNET.$((16 * $1)).0/20", "size": 24}],
  "cgroup-parent": "/$LAB/n$1",
  "cdi-spec-dirs": ["$folder/cdi"],
  "node-generic-resources": [$(node_resources "$1")],
  "log-driver": "local",
  "live-restore": false,
  "no-new-privileges": true,
  "shutdown-timeout": 5,
  "log-level": "warn"
}
END
}

# A GPU that any machine has: a variable and /dev/null under another name
write_gpu() {
  local folder
  folder=$(node_folder "$1")/cdi
  mkdir -p "$folder" && rm -f "$folder"/*.yaml || return
  [[ $GPU_NODES != *" $1 "* ]] || install -m 644 -t "$folder" "$here/cdi/nvidia.yaml"
}

# The settings of a node as text: what `up` compares
settings_of() { cat "$(node_folder "$1")/daemon.json" "$(node_folder "$1")/cdi/nvidia.yaml" 2>/dev/null; }
