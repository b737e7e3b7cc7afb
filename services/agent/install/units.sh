# How does systemd keep the agent alive?

# WORD…: to the manager of the machine, or of the user.
manager() {
  if [ "${form}" = system ]; then
    systemctl "$@"
  else
    systemctl --user "$@"
  fi
}

# The unit with the devices of those vendors alone, and the groups that this machine has.
unit_for_gpus() {
  set -- -e ''
  case ${vendors} in *nvidia*) ;; *) set -- "$@" -e '/^DeviceAllow=char-nvidia/d' -e '/^DeviceAllow=\/dev\/dxg/d' ;; esac
  case ${vendors} in *amd*) ;; *) set -- "$@" -e '/^DeviceAllow=char-kfd/d' ;; esac
  case ${vendors} in *amd* | *intel*) ;; *) set -- "$@" -e '/^DeviceAllow=char-drm/d' ;; esac
  for group in render video; do
    grep -q "^${group}:" "${machine}/etc/group" || set -- "$@" -e "/^SupplementaryGroups=/s/ ${group}//"
  done
  gpu_unit | sed "$@"
}

with_secret() { sed "s|^LoadCredential=.*|LoadCredential=${kind}:${secret_file}|"; }

unit_text() {
  if [ "${form}" = user ]; then
    user_unit
  elif [ -n "${vendors}" ]; then
    unit_for_gpus | with_secret
  else
    cpu_unit | with_secret
  fi
}

start_unit() {
  make_folder "$(dirname "${unit_file}")"
  [ ! -e "${unit_file}" ] || grep -q '^# Written by the installer of the Muster agent' "${unit_file}" ||
    fail 3 "${unit_file} is there and not from here" 'remove it, or leave this machine to who wrote it'
  if [ "${form}" = system ]; then
    make_folder "${home}/agent-root"
    # What systemd makes for the state of a user that it makes up.
    for folder in /var/lib/muster /var/lib/private /var/lib/private/muster; do
      [ -e "${folder}" ] || note "${folder}"
    done
    bring_helpers
  else
    make_folder "$(dirname "${unit_file}")/default.target.wants"
  fi
  unit_text >"${unit_file}.new"
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
  rm -f "${unit_file}.new"
  [ -e "${unit_file}" ] || return 0
  manager disable --quiet --now muster-agent.service || :
  rm -f "${unit_file}"
  manager daemon-reload || :
  manager reset-failed muster-agent.service 2>/dev/null || :
}
