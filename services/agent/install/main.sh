# In which order does it happen?

# True when the agent has said that it is connected.
is_well() {
  MUSTER_STATE=${state} MUSTER_HEALTH=127.0.0.1:0 "${home}/bin/muster-agent" health >/dev/null 2>&1
}

ended_with() {
  if [ "${form}" = alone ]; then
    cat "${home}/agent-ended" 2>/dev/null || :
  else
    unit_ended
  fi
}

last_words() {
  if [ "${form}" = alone ]; then
    tail -n 5 "${home}/agent-log" 2>/dev/null || :
  else
    unit_log || :
  fi
}

is_decided() { is_well || [ -n "$(ended_with)" ]; }

wait_until_joined() {
  wait_for 30 is_decided || {
    trap - EXIT
    last_words >&2
    fail 1 "the agent is installed, but is not connected to ${url} after 30 s; it goes on trying" 'its last lines stand above'
  }
  code=$(ended_with)
  [ -n "${code}" ] || return 0
  last_words >&2
  [ "${code}" != 4 ] || fail 4 'the invite does not open the door; the reason stands above' 'ask for another one: muster workers invite'
  fail 1 "the agent ended with exit code ${code}; the reason stands above"
}

# Another form may have been right when it was installed.
leave_other_forms() {
  if [ "${form}" = alone ]; then
    [ ! -e "${unit_file}" ] || (find_form && remove_unit)
  else
    remove_alone
  fi
}

install_agent() {
  check_host
  [ -e "${made}" ] || trap undo EXIT
  make_home
  choose_form
  fetch_agent
  write_settings
  fetch_installer
  bring_release
  find_gpus
  leave_other_forms
  if [ "${form}" = alone ]; then
    start_alone
  else
    start_unit
  fi
  drop_secrets invite token
  wait_until_joined
  trap - EXIT
  is_shared || drop_releases
  case ${form} in
    system) say 'this machine is a worker: systemctl status muster-agent' ;;
    user) say 'this machine is a worker: systemctl --user status muster-agent' ;;
    *) say "this machine is a worker: its log is ${home}/agent-log" ;;
  esac
  say_how_long
  say "to undo: sh ${home}/agent-install.sh --uninstall"
}

# The first run on this machine failed: it leaves no trace.
undo() {
  code=$?
  [ ! -e "${made}" ] || remove_agent
  exit "${code}"
}

uninstall_agent() {
  if [ ! -e "${made}" ]; then
    plan_home
    # All that a run has left that was killed at once.
    [ ! -e "${draft}" ] || exec rm -rf "${draft}"
    fail 1 "nothing is installed in ${home}" 'run it as the user who installed it'
  fi
  find_form
  remove_agent
  say 'the agent and all of its files are gone; to forget the worker: muster workers remove NAME'
}

remove_agent() {
  [ "${form}" = alone ] || remove_unit
  [ "${form}" != system ] || remove_helpers
  remove_alone
  remove_release
  [ "${form}" != user ] || ! grep -qx linger "${made}" || loginctl disable-linger || :
  rm -rf "${state}"
  [ "$(id -u)" -ne 0 ] || rm -rf /var/lib/private/muster/agent
  kind=''
  drop_secrets invite token
  rm -f "${env_file}" "${ca_file}" "${env_file}.new" "${ca_file}.new"
  for name in install.sh install.sh.new keep keep.new log log.old ended; do rm -f "${home}/agent-${name}"; done
  rm -f "${home}/SHA256SUMS.new" "${home}/bin/muster-agent.new" "${made}.new"
  # Places that systemd made for what it mounts there; nothing else may go with them.
  [ ! -d "${home}/agent-root" ] || find "${home}/agent-root" -xdev -depth -type d -exec rmdir {} \;
  if ! is_shared; then
    rm -f "${home}/bin/muster-agent" "${home}"/releases/*/muster-agent "${home}"/releases/*/muster-agent.new
  fi
  folders=$(sed -n '1!G;h;$p' "${made}")
  rm "${made}"
  # Others may have put something into them since: then they stay.
  printf '%s\n' "${folders}" | while IFS= read -r folder; do
    case ${folder} in
      /*) [ ! -d "${folder}" ] || rmdir "${folder}" 2>/dev/null || say "${folder} stays, there is something else in it" ;;
      *) ;;
    esac
  done
}

main() {
  take_secret
  read_options "$@"
  choose_places
  take_turn
  if [ -n "${uninstall}" ]; then
    uninstall_agent
  else
    install_agent
  fi
}

# One line at the end, so that a script that was cut off does nothing; what it calls must not read the script.
main "$@" </dev/null
