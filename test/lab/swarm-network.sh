# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with swarm and its other parts
# Where do the nodes live, and how does this machine reach them?
#
#   this machine           namespace of the switch      namespace of node N
#   $LEG 10.251.0.253 ──── leg ┐
#                              br0 ┬ port1 ──────────── eth0 10.251.0.1
#                                  ├ port2 ──────────── eth0 10.251.0.2      no way out, no other route or rule
#                                  └ port3 ──────────── eth0 10.251.0.3
#
# Addresses: 10.251.0.0/24 nodes; node N's own bridges 10.251.N.0/24 and 10.251.(16 N).0/20; overlays 10.251.128.0/17.

LAB=msw-${SUBNET/./-}   # begins the name of everything that the machine can see
source "$here/switch.sh"

namespace() { echo "$LAB-n$1"; }
node_address() { echo "$SUBNET.0.$1"; }

make_network() { make_switch MUSTER_SWARM_SUBNET=10.252; }

# make_cable NODE: its namespace, with one plug in the switch
make_cable() {
  local inside
  inside=$(namespace "$1")
  if ! namespace_exists "$inside"; then
    ip netns add "$inside" && ip -n "$inside" link set lo up || return
  fi
  if ! ip -n "$inside" link show eth0 >/dev/null 2>&1; then
    ip link add eth0 netns "$inside" type veth peer name "port$1" netns "$SWITCH" || return
  fi
  ip -n "$SWITCH" link set "port$1" master br0 up &&
    ip -n "$inside" address replace "$(node_address "$1")/24" dev eth0 && ip -n "$inside" link set eth0 up &&
    ip netns exec "$inside" sysctl -qw net.ipv4.ip_forward=1
}

pull_cable() {
  ! namespace_exists "$SWITCH" || ip -n "$SWITCH" link delete "port$1" 2>/dev/null || true
}

# A namespace dies later than its name: the cable must be gone before another is made.
remove_namespace() {
  pull_cable "$1"
  ! namespace_exists "$(namespace "$1")" || ip netns delete "$(namespace "$1")"
}

remove_network() {
  local node
  for node in "${NODES[@]}"; do remove_namespace "$node" || return; done
  remove_switch
}
