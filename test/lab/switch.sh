# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with hosts, swarm and their other parts
# How does this machine reach the machines of a set? A switch in a namespace of its own has a leg out here.

SWITCH=$LAB
LEG=$LAB
MACHINE_ADDRESS=$SUBNET.0.253

namespace_exists() { [[ -e /run/netns/$1 ]]; }

# make_switch EXAMPLE: the switch and the leg; the cables come with the machines
make_switch() {
  local taken
  if ! namespace_exists "$SWITCH"; then
    taken=$(ip -4 route show root "$SUBNET.0.0/16")
    if [[ -n $taken ]]; then
      remedy="addresses $SUBNET.x.x are in use ($taken): choose others, as $1"
      return 1
    fi
    did=made
    ip netns add "$SWITCH" || return
  fi
  ip -n "$SWITCH" link show br0 >/dev/null 2>&1 || ip -n "$SWITCH" link add br0 type bridge || return
  ip -n "$SWITCH" link set br0 up && make_leg
}

make_leg() {
  ip link show "$LEG" >/dev/null 2>&1 || ip link add "$LEG" type veth peer name leg netns "$SWITCH" || return
  ip -n "$SWITCH" link set leg master br0 up &&
    ip address replace "$MACHINE_ADDRESS/24" dev "$LEG" && ip link set "$LEG" up
}

remove_switch() {
  ip link delete "$LEG" 2>/dev/null
  ! namespace_exists "$SWITCH" || ip netns delete "$SWITCH"
}
