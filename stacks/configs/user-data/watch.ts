// What ends a rented machine that nobody needs? It does so itself: the dead-man switch, which no orchestrator has to pull.

/** Looks every few seconds, from the first minute on; as root, since it stops the agent and ends the machine. */
export const watchScript = `#!/bin/sh
# Gives this machine back when it never joined, or has no job and no contact for too long. Drains it when it is taken away.
set -eu
. /usr/local/lib/muster/cloud

# Of this start, also in a container
uptime_seconds() { echo $(($(cut -d . -f 1 /proc/uptime) - began)); }

# Of the agent's health: the value behind a key
figure() { printf '%s' "\${health}" | sed -n "s/.*\\"$1\\":\\([a-z0-9]*\\).*/\\1/p"; }

# An agent out of contact says that it is not well, and still knows its jobs. One that says nothing may have some.
is_needed() {
  health=$(curl -sS -m 5 "http://127.0.0.1:\${MUSTER_HEALTH##*:}/health" 2>/dev/null) || health=''
  [ "$(figure connected)" != true ] || return 0
  [ -n "\${health}" ] || systemctl -q is-active 'muster-job-*.service' || return 1
  running=$(figure running)
  [ "\${running:-1}" != 0 ]
}

last_words() {
  words=$(timeout 5 journalctl -q --no-pager -o cat -n 5 -u muster-agent 2>/dev/null | tail -c 1000) || words=''
  echo "Its agent said last: \${words:-nothing}"
}

# Not in each round, ever more seldom while it is refused, and never without a word.
end() {
  [ "\${now}" -ge "\${next}" ] || return 0
  next=$((now + pause))
  pause=$((pause < 600 ? pause * 2 : pause))
  say "$1; this machine is given back. $(last_words)"
  give_back || say "it was refused (a group at its minimum keeps its machines); the next try is in $((next - now)) s"
}

began=$(($(systemctl show --property=UserspaceTimestampMonotonic --value) / 1000000))
needed=$(uptime_seconds)
next=0 pause=30
while :; do
  sleep "\${MUSTER_WATCH_SECONDS:-5}"
  now=$(uptime_seconds)
  if is_leaving; then
    # There are two minutes: the log must not cost one.
    say 'this machine is taken away: its jobs go back' &
    systemctl stop muster-boot muster-agent || say 'the agent was not there'
    wait
    say_left
    sleep 600
  elif is_needed; then
    needed=\${now} next=0 pause=30
  elif [ ! -e /run/muster-joined ]; then
    [ "\${now}" -lt "\${MUSTER_BOOT_SECONDS}" ] || end "it has not joined within \${MUSTER_BOOT_SECONDS} s"
  elif [ $((now - needed)) -ge "\${MUSTER_ALONE_SECONDS}" ]; then
    end "it has had no job and no contact for $((now - needed)) s"
  fi
done
`;
