// What ends a rented machine that nobody needs? It does so itself: the dead-man switch, which no orchestrator has to pull.

/** Looks every few seconds, from the first minute on; as root, since it stops the agent and ends the machine. */
export const watchScript = `#!/bin/sh
# Gives this machine back when it never joined, or has no job and no contact for too long. Drains it when it is taken away.
set -eu
. /usr/local/lib/muster/cloud

uptime_seconds() { cut -d . -f 1 /proc/uptime; }

# Of the agent's health: the value behind a key
figure() { printf '%s' "\${health}" | sed -n "s/.*\\"$1\\":\\([a-z0-9]*\\).*/\\1/p"; }

# Every half minute, and never without a word
end() {
  say "$1; this machine is given back"
  give_back || say 'it was refused; the next try is in half a minute'
  sleep 30
}

contact=$(uptime_seconds)
while :; do
  sleep "\${MUSTER_WATCH_SECONDS:-5}"
  now=$(uptime_seconds)
  health=$(curl -fsS -m 5 "http://127.0.0.1:\${MUSTER_HEALTH##*:}/health" 2>/dev/null) || health=''
  [ "$(figure connected)" != true ] || contact=\${now}
  running=$(figure running)
  if is_leaving; then
    say 'this machine is taken away: its jobs go back'
    systemctl stop muster-agent || :
    say_left
    sleep 600
  elif [ ! -e /run/muster-joined ]; then
    [ "\${now}" -lt "\${MUSTER_BOOT_SECONDS}" ] || end "it has not joined within \${MUSTER_BOOT_SECONDS} s"
  elif [ "\${running:-0}" -eq 0 ] && [ $((now - contact)) -ge "\${MUSTER_ALONE_SECONDS}" ]; then
    end "it has had no job and no contact for $((now - contact)) s"
  fi
done
`;
