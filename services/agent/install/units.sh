# How does systemd keep the agent alive?

# WORD…: to the manager of the machine, or of the user.
manager() {
  if [ "${form}" = system ]; then
    systemctl "$@"
  else
    systemctl --user "$@"
  fi
}

start_unit() {
  make_folder "$(dirname "${unit_file}")"
  [ ! -e "${unit_file}" ] || grep -q '^# Written by the installer of the Muster agent' "${unit_file}" ||
    fail 3 "${unit_file} is there and not from here" 'remove it, or leave this machine to who wrote it'
  if [ "${form}" = system ]; then
    system_unit >"${unit_file}.new"
    make_folder "${home}/agent-root"
    # What systemd makes for the state of a user that it makes up.
    for folder in /var/lib/muster /var/lib/private /var/lib/private/muster; do
      [ -e "${folder}" ] || note "${folder}"
    done
  else
    user_unit >"${unit_file}.new"
    make_folder "$(dirname "${unit_file}")/default.target.wants"
    if [ "$(loginctl show-user "$(id -un)" --property=Linger --value 2>/dev/null || :)" != yes ]; then
      if loginctl enable-linger 2>/dev/null; then
        linger_is_ours=yes
      else
        say 'the agent ends when this user logs out, for loginctl enable-linger is not allowed here'
      fi
    fi
    [ -z "${linger_is_ours}" ] || note linger
  fi
  settle "${unit_file}" 644
  manager daemon-reload
  manager enable --quiet muster-agent.service
  if [ -n "${changed}" ]; then
    # A failed start is told by what follows.
    manager restart muster-agent.service || :
  elif ! manager is-active --quiet muster-agent.service; then
    manager start muster-agent.service || :
  fi
}

# The exit code of an agent that has ended for good, or nothing.
unit_ended() {
  [ "$(manager show --property=SubState --value muster-agent.service)" != failed ] ||
    manager show --property=ExecMainStatus --value muster-agent.service
}

unit_log() {
  if [ "${form}" = system ]; then
    journalctl --quiet --no-pager --output=cat --lines=5 --unit=muster-agent.service
  else
    journalctl --user --quiet --no-pager --output=cat --lines=5 --user-unit=muster-agent.service
  fi
}

remove_unit() {
  [ -e "${unit_file}" ] || return 0
  manager disable --quiet --now muster-agent.service || :
  rm -f "${unit_file}"
  manager daemon-reload || :
  manager reset-failed muster-agent.service 2>/dev/null || :
}
