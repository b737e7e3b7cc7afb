# Where does everything lie, and how is it written so that a second run changes nothing and nothing stays behind?

home='' state='' env_file='' invite_file='' ca_file='' unit_file='' changed='' fresh='' linger_is_ours=''

choose_places() {
  if [ "$(id -u)" -eq 0 ]; then
    home=/opt/muster state=/var/lib/muster/agent
    env_file=/etc/muster/agent.env invite_file=/etc/muster/agent-invite ca_file=/etc/muster/agent-ca.crt
    unit_file=/etc/systemd/system/muster-agent.service
  else
    [ -n "${HOME:-}" ] || fail 3 'there is no HOME to install into'
    one_line HOME "${HOME}"
    home=${HOME}/.local/share/muster
    state=${home}/state
    env_file=${home}/agent.env invite_file=${home}/agent-invite ca_file=${home}/agent-ca.crt
    unit_file=${XDG_CONFIG_HOME:-${HOME}/.config}/systemd/user/muster-agent.service
  fi
  # Which folders are ours to remove again, one a line, and what else was changed.
  made=${home}/agent-made
}

note() { grep -qxF -e "$1" "${made}" 2>/dev/null || printf '%s\n' "$1" >>"${made}"; }

# FOLDER: makes it and those above it that are not there, and remembers which.
make_folder() {
  [ ! -d "$1" ] || return 0
  parent=$(dirname "$1")
  [ -d "${parent}" ] || make_folder "${parent}"
  mkdir "$1"
  # Until the folder of the list is there, what is made waits.
  fresh="${fresh}$1
"
  [ -d "${home}" ] || return 0
  printf '%s' "${fresh}" >>"${made}"
  fresh=''
}

# FILE MODE: FILE.new becomes FILE unless it says the same.
settle() {
  chmod "$2" "$1.new"
  if cmp -s "$1.new" "$1"; then
    rm "$1.new"
  else
    mv "$1.new" "$1"
    changed=yes
  fi
}
