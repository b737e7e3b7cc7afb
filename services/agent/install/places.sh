# Where does everything lie, and how is it written so that a second run changes nothing and nothing stays behind?

home='' state='' env_file='' secret_place='' ca_file='' unit_file='' changed='' lock_place=''
system_units=/etc/systemd/system

choose_places() {
  if [ "$(id -u)" -eq 0 ]; then
    home=/opt/muster state=/var/lib/muster/agent
    env_file=/etc/muster/agent.env secret_place=/etc/muster/agent ca_file=/etc/muster/agent-ca.crt
    unit_file=${system_units}/muster-agent.service
    lock_place=/var/lib
  else
    [ -n "${HOME:-}" ] || fail 3 'there is no HOME to install into'
    one_line HOME "${HOME}"
    home=${HOME}/.local/share/muster
    state=${home}/state
    env_file=${home}/agent.env secret_place=${home}/agent ca_file=${home}/agent-ca.crt
    unit_file=${XDG_CONFIG_HOME:-${HOME}/.config}/systemd/user/muster-agent.service
    lock_place=${HOME}
  fi
  # Which folders are ours to remove again, one a line, and what else was changed.
  made=${home}/agent-made
}

# One run at a time. The kernel holds the lock, on a folder that is there anyway, and for as long as this shell lives.
take_turn() {
  [ -d "${lock_place}" ] || fail 3 "there is no folder ${lock_place}"
  exec 9<"${lock_place}"
  code=0
  flock --nonblock --conflict-exit-code 75 9 || code=$?
  # Some disks of a network know no locks.
  [ "${code}" -eq 75 ] || return 0
  say 'another run of this is at work; waiting for it'
  flock --wait 600 9 || fail 1 'another run of this does not end' 'look for it: ps -ef | grep muster'
}

note() { grep -qxF -e "$1" "${made}" 2>/dev/null || printf '%s\n' "$1" >>"${made}"; }

# LINE: takes a note back.
forget() {
  grep -vxF -e "$1" "${made}" >"${made}.new" || :
  mv "${made}.new" "${made}"
}

# Sets top, the highest folder that is not there, and draft, where all below it is made first.
plan_home() {
  top=${home}
  while [ ! -d "$(dirname "${top}")" ]; do top=$(dirname "${top}"); done
  draft=${top}.muster-new
}

# With the list of what was made in it from the first moment, so that whoever is killed leaves nothing unknown.
make_home() {
  if [ -d "${home}" ]; then
    [ -e "${made}" ] || : >"${made}"
    return 0
  fi
  plan_home
  rm -rf "${draft}"
  mkdir -p "${draft}${home#"${top}"}"
  list=${draft}${made#"${top}"}
  folder=${home}
  while [ "${folder}" != "$(dirname "${top}")" ]; do
    printf '%s\n' "${folder}"
    folder=$(dirname "${folder}")
  done | sed '1!G;h;$!d' >"${list}"
  sync "${list}" 2>/dev/null || :
  mv "${draft}" "${top}"
}

# FOLDER: makes it and those above it that are not there, and remembers which.
make_folder() {
  [ ! -d "$1" ] || return 0
  [ -d "$(dirname "$1")" ] || make_folder "$(dirname "$1")"
  note "$1"
  mkdir "$1"
}

# FILE MODE: FILE.new becomes FILE unless it says the same.
settle() {
  chmod "$2" "$1.new"
  if cmp -s "$1.new" "$1"; then
    rm "$1.new"
  else
    sync "$1.new" 2>/dev/null || :
    mv "$1.new" "$1"
    changed=yes
  fi
}
