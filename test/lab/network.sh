# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with lab and its other parts
# Which bridge and firewall rules does the engine get, and how does nothing of them stay behind?

BRIDGE=mlab-${SUBNET/./-}   # not docker0: another engine of this machine may own that
RULE_MARK=muster-lab-$SUBNET

# Is another dockerd at work in this network namespace?
other_engine() {
  local pid mine=none
  [[ ! -s $PID_FILE ]] || mine=$(<"$PID_FILE")
  for pid in $(pgrep -x dockerd); do
    [[ $pid == "$mine" || $(readlink "/proc/$pid/ns/net") != "$(readlink /proc/self/ns/net)" ]] || return 0
  done
  return 1
}

# The engine's folder is the bridge's alias: whoever has another folder leaves this bridge and its addresses alone.
bridge_owner() { ip -o link show dev "$BRIDGE" 2>/dev/null | sed -n 's/.*\\ *alias \([^\\]*[^\\ ]\).*/\1/p'; }

make_bridge() {
  local taken
  if [[ $(bridge_owner) != "$ENGINE" ]]; then
    taken=$(ip -4 route show root "$SUBNET.0.0/16")
    if [[ -n $taken ]]; then
      remedy="addresses $SUBNET.x.x are in use ($taken): choose others, as MUSTER_LAB_SUBNET=10.242"
      return 1
    fi
    ip link add "$BRIDGE" type bridge && ip link set "$BRIDGE" alias "$ENGINE" || return
  fi
  ip address replace "$SUBNET.0.1/24" dev "$BRIDGE" || return
  # dockerd would switch forwarding on as well, but then also set FORWARD's policy to DROP
  ip link set "$BRIDGE" up && sysctl -qw net.ipv4.ip_forward=1
}

# An engine 20.10 that manages iptables begins by deleting every DOCKER chain it finds. Beside another engine
# ours therefore manages none, and these rules replace what it would have added (except walls between networks).
add_plain_rules() {
  local mark=(-m comment --comment "$RULE_MARK") ours=$SUBNET.0.0/16
  iptables -w -I FORWARD -s "$ours" "${mark[@]}" -j ACCEPT &&
    iptables -w -I FORWARD -d "$ours" "${mark[@]}" -j ACCEPT &&
    iptables -w -t nat -I POSTROUTING -s "$ours" ! -d "$ours" "${mark[@]}" -j MASQUERADE
}

# delete_rules TABLE PATTERN
delete_rules() {
  local rule
  iptables -w -t "$1" -S | grep -E -e "^-A .*($2)" | while IFS= read -r rule; do
    # xargs takes off the quotes that -S puts around a comment
    xargs iptables -w -t "$1" -D <<<"${rule#-A }"
  done
}

# What dockerd leaves when it stops. Docker's chains are everyone's, so they go only with the last engine.
clean_network() {
  local table chain link chains ours=${SUBNET/./\\.}
  [[ $(bridge_owner) == "$ENGINE" ]] || return 0   # never started, so whatever uses these addresses is not ours
  for link in $(ip -o link show type bridge | awk -F': ' '{ print $2 }'); do
    [[ $(ip -4 -o address show dev "$link") != *" inet $SUBNET."* ]] || ip link delete "$link"
  done
  for table in filter nat; do
    delete_rules "$table" " $ours\.|$RULE_MARK|-[io] $BRIDGE "
    other_engine && continue
    delete_rules "$table" '-[ijo] (DOCKER|docker_gwbridge|br-[0-9a-f]{12})'
    mapfile -t chains < <(iptables -w -t "$table" -S | sed -n 's/^-N \(DOCKER.*\)/\1/p')
    for chain in "${chains[@]}"; do iptables -w -t "$table" -F "$chain"; done
    for chain in "${chains[@]}"; do iptables -w -t "$table" -X "$chain"; done
  done
}
