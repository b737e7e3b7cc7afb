# Which units of root does the agent ask for what it may not do itself? Each is one file, carried as it is.

# A rack has workers of its own here, which share program and helpers.
is_shared() {
  [ "$(id -u)" -eq 0 ] || return 1
  for file in "${system_units}"/muster-*.service; do
    [ "${file}" = "${unit_file}" ] || ! grep -qsx 'ExecStart=/opt/muster/bin/muster-agent' "${file}" || return 0
  done
  return 1
}

# UNIT: those that others start have no such section.
is_wanted() { grep -qx '\[Install\]' "${system_units}/$1"; }

bring_helper() {
  before=${changed}
  changed=''
  helper_text "$1" >"${system_units}/$1.new"
  settle "${system_units}/$1" 644
  [ -z "${changed}" ] || fresh_helpers="${fresh_helpers} $1"
  changed=${before}${changed}
}

start_helper() {
  is_wanted "$1" || return 0
  systemctl enable --quiet "$1"
  case "${fresh_helpers} " in
    *" $1 "*) systemctl restart "$1" ;;
    *) systemctl start "$1" ;;
  esac
}

# What a rack brought, it renews.
bring_helpers() {
  if is_shared; then return 0; fi
  note helpers
  fresh_helpers=''
  for folder in /run/muster /var/lib/muster-jobs; do
    [ -e "${folder}" ] || note "${folder}"
  done
  grep -q '^muster-jobs:' /etc/group || note group
  each_helper bring_helper
  systemctl daemon-reload
  each_helper start_helper
}

stop_helper() {
  rm -f "${system_units}/$1.new"
  [ -e "${system_units}/$1" ] || return 0
  ! is_wanted "$1" || systemctl disable --quiet --now "$1" || :
  case $1 in
    *@.*) systemctl stop "${1%@*}@*.${1##*.}" || : ;;
    *) ;;
  esac
}

drop_helper() { rm -f "${system_units}/$1"; }

# The agent has ended before, and its jobs with it.
remove_helpers() {
  grep -qsx helpers "${made}" || return 0
  if is_shared; then return 0; fi
  each_helper stop_helper
  each_helper drop_helper
  systemctl daemon-reload || :
  rm -rf /run/muster/ended /var/lib/muster-jobs/agent
  ! grep -qx group "${made}" || groupdel muster-jobs || say 'the group muster-jobs stays: groupdel does not remove it'
}
