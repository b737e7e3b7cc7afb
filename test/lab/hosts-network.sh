# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with hosts and its other parts
# Where do the hosts live, and how does this machine reach them?
#
#   this machine              namespace of the switch      namespace of a host
#   $LEG 10.250.0.253 ─────── leg ┐
#                                 br0 ┬ node1 ──────────── host0 10.250.0.11
#                                     ├ node2 ──────────── host0 10.250.0.12      no way out, no other route or rule
#                                     └ node3 ──────────── host0 10.250.0.13

LAB=mho-${SUBNET/./-}   # begins the name of everything that the machine can see
source "$here/switch.sh"

namespace() { echo "$LAB-$1"; }
host_address() { echo "$SUBNET.0.1${1#node}"; }

make_network() { make_switch MUSTER_HOSTS_SUBNET=10.249; }

# make_cable HOST: its namespace, with one plug in the switch. A host keeps the number of its network card, because its
# neighbours remember it for half a minute.
make_cable() {
  local inside
  inside=$(namespace "$1")
  ip netns add "$inside" && ip -n "$inside" link set lo up &&
    ip link add host0 address "02:00:00:00:00:0${1#node}" netns "$inside" type veth peer name "$1" netns "$SWITCH" &&
    ip -n "$SWITCH" link set "$1" master br0 up &&
    ip -n "$inside" address add "$(host_address "$1")/24" dev host0 && ip -n "$inside" link set host0 up
}

has_cable() { namespace_exists "$SWITCH" && ip -n "$SWITCH" link show "$1" >/dev/null 2>&1; }
cable_is_cut() { [[ $(ip -n "$SWITCH" link show "$1") != *,UP* ]]; }
remove_cable() { ! has_cable "$1" || ip -n "$SWITCH" link delete "$1"; }

# A namespace dies later than its name: the cable must be gone before another is made.
remove_namespace() {
  remove_cable "$1" || return
  ! namespace_exists "$(namespace "$1")" || ip netns delete "$(namespace "$1")"
}

remove_network() { remove_switch; }
