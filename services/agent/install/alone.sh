# Who keeps the agent alive without systemd? A loop in a session of its own, started again by cron after a reboot.

cron_line() { printf '@reboot /bin/sh %s # muster-agent\n' "$(printf '%s' "${home}/agent-keep" | sed "s/'/'\\\\''/g; s/.*/'&'/; s/%/\\\\%/g")"; }

other_cron_lines() { crontab -l 2>/dev/null | grep -v '# muster-agent$' || :; }

start_alone() {
  keep_script >"${home}/agent-keep.new"
  settle "${home}/agent-keep" 755
  make_folder "${state}"
  if command -v crontab >/dev/null 2>&1; then
    if ! crontab -l 2>/dev/null | grep -qxF -e "$(cron_line)"; then
      { other_cron_lines && cron_line; } | crontab - || say 'cron does not take the agent: it will not come back after a reboot'
    fi
  fi
  if [ -z "${changed}" ] && is_kept; then return 0; fi
  stop_alone
  rm -f "${state}/health" "${home}/agent-ended"
  # Without the lock, which would be held for as long as it lives.
  setsid /bin/sh "${home}/agent-keep" </dev/null >/dev/null 2>&1 9<&- &
}

# The living loop makes the file again within a second.
is_kept() {
  rm -f "${home}/agent-alive"
  wait_for 3 [ -e "${home}/agent-alive" ]
}

stop_alone() {
  [ -e "${home}/agent-run" ] || return 0
  if is_kept; then
    rm -f "${home}/agent-run"
    # It drains, reports, and says goodbye.
    wait_for 60 [ ! -e "${home}/agent-alive" ] || fail 1 'the agent does not stop' "look at ${home}/agent-log"
  fi
  rm -f "${home}/agent-run" "${home}/agent-alive"
}

remove_alone() {
  stop_alone
  command -v crontab >/dev/null 2>&1 || return 0
  crontab -l 2>/dev/null | grep -q '# muster-agent$' || return 0
  rest=$(other_cron_lines)
  if [ -n "${rest}" ]; then
    printf '%s\n' "${rest}" | crontab -
  else
    crontab -r
  fi
}
