# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which bridge and firewall rules does an engine get, and how does nothing of them stay behind?

# Is a dockerd that is not the lab's at work in this network namespace?
other_engine() {
  local pid mine
  mine=" $(cat "$STATE"/*/run/dockerd.pid 2>/dev/null | tr '\n' ' ') "
  for pid in $(pgrep -x dockerd); do
    [[ $mine == *" $pid "* || $(readlink "/proc/$pid/ns/net") != "$(readlink /proc/self/ns/net)" ]] || return 0
  done
  return 1
}

# An engine that manages firewall rules begins by deleting every DOCKER chain it finds. So the oldest never does,
# and the main one only where no other engine is at work.
stands_beside() { [[ $ENGINE_NAME != main ]] || other_engine; }

# The engine's folder is the bridge's alias: whoever has another folder leaves this bridge and its addresses alone.
bridge_owner() { ip -o link show dev "$BRIDGE" 2>/dev/null | sed -n 's/.*\\ *alias \([^\\]*[^\\ ]\).*/\1/p'; }

make_bridge() {
  local taken
  if [[ $(bridge_owner) != "$ENGINE" ]]; then
    taken=$(ip -4 route show root "$SUBNET.0.0/16")
    if [[ -n $taken ]]; then
      remedy="addresses $SUBNET.x.x are in use ($taken): choose others, as MUSTER_LAB_SUBNET=10.245"
      return 1
    fi
    ip link add "$BRIDGE" type bridge && ip link set "$BRIDGE" alias "$ENGINE" || return
  fi
  ip address replace "$SUBNET.0.1/24" dev "$BRIDGE" || return
  # dockerd would switch forwarding on as well, but then also set FORWARD's policy to DROP
  ip link set "$BRIDGE" up && sysctl -qw net.ipv4.ip_forward=1
}

# What replaces the rules of an engine that manages none (except walls between networks)
add_plain_rules() {
  local mark=(-m comment --comment "$RULE_MARK") ours=$SUBNET.0.0/16
  iptables -w -I FORWARD -s "$ours" "${mark[@]}" -j ACCEPT &&
    iptables -w -I FORWARD -d "$ours" "${mark[@]}" -j ACCEPT &&
    iptables -w -t nat -I POSTROUTING -s "$ours" ! -d "$ours" "${mark[@]}" -j MASQUERADE
}

# delete_rules TABLE PATTERN [COMMAND]
delete_rules() {
  local rule command=${3:-iptables}
  "$command" -w -t "$1" -S | grep -E -e "^-A .*($2)" | while IFS= read -r rule; do
    # xargs takes off the quotes that -S puts around a comment
    xargs "$command" -w -t "$1" -D <<<"${rule#-A }"
  done
}

# delete_chains TABLE COMMAND: the chains that every Docker shares, with what leads to them
delete_chains() {
  local chain chains
  delete_rules "$1" '-[ijo] (DOCKER|docker_gwbridge|br-[0-9a-f]{12})' "$2"
  mapfile -t chains < <("$2" -w -t "$1" -S | sed -n 's/^-N \(DOCKER.*\)/\1/p')
  for chain in "${chains[@]}"; do "$2" -w -t "$1" -F "$chain"; done
  for chain in "${chains[@]}"; do "$2" -w -t "$1" -X "$chain"; done
}

# What dockerd leaves when it stops. Docker's chains are everyone's, so they go only with the engine that managed them.
clean_network() {
  local table link ours=${SUBNET/./\\.}
  [[ $(bridge_owner) == "$ENGINE" ]] || return 0   # never started, so whatever uses these addresses is not ours
  for link in $(ip -o link show type bridge | awk -F': ' '{ print $2 }'); do
    [[ $(ip -4 -o address show dev "$link") != *" inet $SUBNET."* ]] || ip link delete "$link"
  done
  for table in filter nat raw; do
    delete_rules "$table" " $ours\.|$RULE_MARK|-[io] $BRIDGE "
    stands_beside || { delete_chains "$table" iptables; delete_chains "$table" ip6tables; }
  done
}
