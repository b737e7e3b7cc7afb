# shellcheck shell=bash disable=SC2034,SC2154  # shares variables with hosts and its other parts
# How is one host started, restarted, stopped, killed and swept?

# Neither this machine's own programs nor its settings are a host's.
PLAIN_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Root's watchers of files are counted for this machine and all hosts together, and the usual 128 are few.
make_watchers() {
  local most=/proc/sys/fs/inotify/max_user_instances
  [[ $(<"$most") -lt 1024 ]] || return 0
  did=raised remedy="allow it: sysctl fs.inotify.max_user_instances=1024"
  echo 1024 >"$most"
}

host_pid() { cat "$(host_folder "$1")/pid" 2>/dev/null; }

# After a reboot of this machine the number may be another process's: the command line tells.
host_runs() {
  local pid
  pid=$(host_pid "$1") && [[ $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") == *"/hosts-power $(host_folder "$1") "* ]]
}
host_answers() { ssh_to -o ConnectTimeout=2 "$1" true 2>/dev/null; }
answers_or_dead() { host_answers "$1" || ! host_runs "$1"; }
# What starts with the host has started, or failed to.
settled() { ssh_to "$1" timeout 60 systemctl is-system-running --wait; true; }

start_host() {
  local folder
  folder=$(host_folder "$1")
  remedy="the host's own words: $folder/console.log; a clean start: $here/hosts reset $1"
  if ! host_runs "$1"; then
    did=started
    sweep_host "$1" && furnish_disk "$1" && make_cable "$1" && launch_host "$1" || return
    until_true 5 host_runs "$1"
  fi
  until_true 60 answers_or_dead "$1" && host_answers "$1" && settled "$1" && return
  tail -n 20 "$folder/console.log"
  return 1
}

up_host() {
  heal_host "$1"
  start_host "$1"
}

launch_host() {
  local folder
  folder=$(host_folder "$1")
  env -i PATH="$PLAIN_PATH" LC_ALL=C setsid -f unshare --mount --propagation private \
    "$here/hosts-power" "$folder" "$1" "$(namespace "$1")" "$LAB/$1" >"$folder/console.log" 2>&1 </dev/null 9>&-
}

# A command in a host that needs no network, as on its screen
inside_host() {
  local leader
  host_runs "$1" || fail "$1 does not run" "start it: $here/hosts start $1"
  leader=$(pgrep -P "$(pgrep -x -P "$(host_pid "$1")" systemd-nspawn)") || fail "$1 is restarting" "say it again"
  shift
  nsenter --target "$leader" --all --wdns=/root -- env -i HOME=/root PATH="$PLAIN_PATH" "$@"
}

boot_id() { ssh_to -o ConnectTimeout=2 "$1" cat /proc/sys/kernel/random/boot_id 2>/dev/null; }
booted_again() {
  local now
  now=$(boot_id "$1") && [[ $now != "$2" ]]
}

reboot_host() {
  local before
  did=rebooted remedy="the host's own words: $(host_folder "$1")/console.log"
  before=$(boot_id "$1") || { remedy="it does not answer: $here/hosts up"; return 1; }
  ssh_to "$1" systemctl reboot || true   # the connection may end first
  until_true 120 booted_again "$1" "$before" && settled "$1"
}

cgroups() { find /sys/fs/cgroup -mindepth 2 -maxdepth 3 -path "/sys/fs/cgroup/*/$LAB${1:+/$1}" -type d; }

# Processes of this host only: all that it starts are in its cgroups
host_processes() {
  local group
  for group in $(cgroups "$1"); do find "$group" -name cgroup.procs -exec cat {} +; done 2>/dev/null | sort -u
}

kill_processes() {
  local pid
  for pid in $(host_processes "$1"); do kill -KILL "$pid" 2>/dev/null; done
  [[ -z $(host_processes "$1") ]]
}

# Whatever a host that ended left behind. Its mounts ended with its processes.
sweep_host() {
  local group
  remedy="these processes of $1 do not end: $(host_processes "$1" | tr '\n' ' ')"
  until_true 20 kill_processes "$1" && remove_namespace "$1" || return
  for group in $(cgroups "$1"); do find "$group" -depth -type d -exec rmdir {} + || return; done
  rm -f "$(host_folder "$1")/pid"
}

# A power cut: first the network falls silent, then everything is gone; nothing is told to anybody.
kill_host() {
  did=killed
  remove_cable "$1"
  sweep_host "$1"
}

stop_host() {
  did=stopped
  # nspawn makes of it what the button of a machine does
  ! host_runs "$1" || ! pkill -TERM -x -P "$(host_pid "$1")" systemd-nspawn || until_true 30 not_running "$1" || true
  sweep_host "$1"
}
not_running() { ! host_runs "$1"; }

reset_host() {
  remedy="remove $(host_folder "$1") by hand"
  sweep_host "$1" && empty_disk "$1" && start_host "$1" && did=reset
}

cut_host() {
  remedy="it does not run: $here/hosts start $1" did=cut
  has_cable "$1" && ip -n "$SWITCH" link set "$1" down
}

heal_host() {
  ! has_cable "$1" || ! cable_is_cut "$1" || { did=healed; ip -n "$SWITCH" link set "$1" up; }
}

describe_host() {
  if ! host_runs "$1"; then echo stopped
  elif cable_is_cut "$1"; then echo 'runs, cut off from the network'
  else echo "runs, systemd: $(ssh_to "$1" systemctl is-system-running 2>&1)"
  fi
}

all_down() {
  local group
  each stop_host "${HOSTS[@]}" && remove_network && did=stopped || return
  for group in $(cgroups ''); do rmdir "$group" || return; done
}
