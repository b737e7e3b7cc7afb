# Who will keep the agent alive, and for how long? systemd for the machine or for the user, or a loop of ours.

form=alone

systemd_version() { systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p'; }

manager_is_there() { systemctl --user show-environment >/dev/null 2>&1; }

lingers() { [ "$(loginctl show-user "$(id -un)" --property=Linger --value 2>/dev/null || :)" = yes ]; }

# What this shell leaves behind stays when the user logs out, unless the machine ends it or it belongs to the session's manager.
stays_after_logout() {
  ! grep -q '/user@[0-9]*\.service' /proc/self/cgroup 2>/dev/null &&
    [ "$(busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager KillUserProcesses 2>/dev/null)" = 'b false' ]
}

# Sets form: system, user, or alone where no systemd can be told to keep the agent for long.
choose_form() {
  form=alone
  [ -d "${machine}/run/systemd/system" ] || return 0
  if [ "$(id -u)" -eq 0 ]; then
    version=$(systemd_version)
    # Older ones do not know all that the units of jobs ask for.
    [ "${version:-0}" -ge 252 ] || fail 3 "expected systemd 252 or newer, found ${version:-none}" 'run the line as a user who is not root'
    form=system
    return 0
  fi
  find_manager
  if ! lingers; then
    note linger
    if loginctl enable-linger >/dev/null 2>&1; then
      # Nobody is logged in as this user: allowed to stay, its manager starts.
      wait_for 5 manager_is_there || :
    else
      forget linger
    fi
  fi
  manager_is_there || return 0
  if lingers || ! stays_after_logout; then form=user; fi
}

# Of what is installed.
find_form() {
  form=alone
  [ -d "${machine}/run/systemd/system" ] || return 0
  find_manager
  if [ "$(id -u)" -eq 0 ]; then
    form=system
  elif [ -e "${unit_file}" ] || grep -qx linger "${made}"; then
    form=user
  fi
}

find_manager() {
  : "${XDG_RUNTIME_DIR:=/run/user/$(id -u)}"
  export XDG_RUNTIME_DIR
}

cron_runs() { grep -qsxE 'cron|crond|fcron|dcron' /proc/[0-9]*/comm; }

in_cron() { command -v crontab >/dev/null 2>&1 && crontab -l 2>/dev/null | grep -q '# muster-agent$'; }

# How long it stays, and what would make that longer.
say_how_long() {
  case ${form} in
    system) return 0 ;;
    user)
      lingers || say 'it ends when this user logs out, and starts at the next login'
      ;;
    *)
      if ! in_cron; then
        say 'neither systemd nor cron keeps the agent for this user: a loop does, and after a reboot run this again'
      elif cron_runs; then
        say 'a loop keeps the agent alive, and cron starts it after a reboot'
      else
        say 'a loop keeps the agent alive; cron is to start it after a reboot, but no cron runs here'
      fi
      ;;
  esac
  [ ! -d "${machine}/run/systemd/system" ] || lingers ||
    say "loginctl enable-linger is refused here; as root: loginctl enable-linger $(id -un), then the line again"
}

# SECONDS COMMAND…: true as soon as the command is, false when it never was.
wait_for() {
  until=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -le "${until}" ] || return 1
    sleep 0.1
  done
}
